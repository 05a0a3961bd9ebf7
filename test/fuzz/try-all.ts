import type { Test } from 'tap'
import type { Property } from './property.js'

/** A red test is to mean that something has changed. Others are tried at night, and with this variable. */
const seed = Number(process.env.BROOD_FUZZ_SEED ?? 1)

export function tryAll(t: Test, properties: readonly Property[]): void {
  for (const property of properties) {
    t.test(property.name, { skip: property.skip }, (t) => {
      const { cases, failure } = property.try({ seed, cases: property.cases })
      t.equal(failure, undefined, `${cases} cases of seed ${seed}`)
      t.end()
    })
  }
}
