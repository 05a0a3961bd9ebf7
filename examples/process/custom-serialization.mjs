// Custom serialization: an object of a class arrives without its class, so it is sent as data, and made again at the other end. (procspawn)
//   node examples/process/custom-serialization.mjs
import { isChild, spawn, task } from 'brood/process'

/** 1 + 2x + 3x² is [1, 2, 3]. */
class Polynomial {
  #coefficients

  constructor(coefficients) {
    this.#coefficients = coefficients
  }

  static fromJSON({ coefficients }) {
    return new Polynomial(coefficients)
  }

  toJSON() {
    return { coefficients: this.#coefficients }
  }

  derivative() {
    return new Polynomial(this.#coefficients.map((coefficient, power) => coefficient * power).slice(1))
  }

  toString() {
    const powers = ['', 'x', 'x²', 'x³', 'x⁴']
    return this.#coefficients.map((coefficient, power) => `${coefficient}${powers[power]}`).join(' + ')
  }
}

/** What other processes call takes data and returns data. */
const describe = task('describe', (value) => `${value instanceof Polynomial ? 'a polynomial' : 'no polynomial'}: ${JSON.stringify(value)}`)
const derive = task('derive', (data) => Polynomial.fromJSON(data).derivative().toJSON())

/** What this process calls takes polynomials and returns them. */
const deriveElsewhere = async (polynomial) => Polynomial.fromJSON(await spawn(derive, polynomial.toJSON()))

if (!isChild) {
  const cubic = new Polynomial([4, 3, 2, 1])
  console.log('sent as it is, it arrives as', await spawn(describe, cubic))

  const derivative = await deriveElsewhere(cubic)
  console.log('sent as data, it comes back as a %s: the derivative of %s is %s', derivative.constructor.name, cubic, derivative)
}
