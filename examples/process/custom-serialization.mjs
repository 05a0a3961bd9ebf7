// Custom serialization: an object of a class arrives without its class, unless a codec says how it is sent. (procspawn)
//   node examples/process/custom-serialization.mjs
import { codec, isChild, spawn, task } from 'brood/process'

/** 1 + 2x + 3x² is [1, 2, 3]. */
class Polynomial {
  #coefficients

  constructor(coefficients) {
    this.#coefficients = coefficients
  }

  toJSON() {
    return this.#coefficients
  }

  derivative() {
    return new Polynomial(this.#coefficients.map((coefficient, power) => coefficient * power).slice(1))
  }

  toString() {
    const powers = ['', 'x', 'x²', 'x³', 'x⁴']
    return this.#coefficients.map((coefficient, power) => `${coefficient}${powers[power]}`).join(' + ')
  }
}

/** Nobody says how this one is sent. */
class Plain {
  name = 'plain'
}

codec('Polynomial', {
  test: (value) => value instanceof Polynomial,
  encode: (polynomial) => polynomial.toJSON(),
  decode: (coefficients) => new Polynomial(coefficients),
})

const isPlain = task('isPlain', (value) => value instanceof Plain)
const derive = task('derive', (polynomial) => polynomial.derivative())

if (!isChild) {
  console.log('without a codec it arrives as one: %s', await spawn(isPlain, new Plain()))

  const cubic = new Polynomial([4, 3, 2, 1])
  const derivative = await spawn(derive, cubic)
  console.log('with one it comes back as a %s: the derivative of %s is %s', derivative.constructor.name, cubic, derivative)
}
