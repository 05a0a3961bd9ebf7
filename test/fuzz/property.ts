import * as fc from 'fast-check'

/** Something that holds for every case, tried on random ones. */
export interface Property {
  readonly name: string
  /** How many cases `npm test` tries; `npm run fuzz` tries {@link nightFactor} times as many. */
  readonly cases: number
  /** Why it cannot be tried here. */
  readonly skip: string | false
  readonly try: (options: TryOptions) => Verdict
}

interface TryOptions {
  /** The same seed, the same cases. */
  readonly seed: number
  readonly cases: number
  /** Where a counterexample lies among the cases of a seed, as a verdict says it: only that one is tried. */
  readonly path?: string | undefined
  readonly onCase?: () => void
}

interface Verdict {
  readonly cases: number
  /** The counterexample, made as small as could be, and how to have it again; `undefined` where the property holds. */
  readonly failure: string | undefined
}

/** 5,000 cases in `npm test`, 100,000 in `npm run fuzz`. */
export const nightFactor = 20

/**
 * States a property.
 *
 * @param holds throws, or returns `false`, for a case for which it does not hold
 * @param skip why it cannot be tried here
 */
export function property<Case>(
  name: string,
  cases: number,
  arbitrary: fc.Arbitrary<Case>,
  holds: (one: Case) => boolean | void,
  skip: string | false = false,
): Property {
  const check = ({ seed, cases: numRuns, path, onCase }: TryOptions): Verdict => {
    const counted = fc.property(arbitrary, (one) => {
      onCase?.()
      return holds(one)
    })
    const details = fc.check(counted, { seed, numRuns, ...(path !== undefined && { path }) })
    return { cases: details.numRuns, failure: details.failed ? describe(name, details) : undefined }
  }
  return { name, cases, skip, try: check }
}

function describe<Case>(
  name: string,
  { seed, counterexamplePath, counterexample, numShrinks, errorInstance }: fc.RunDetails<[Case]>,
): string {
  const reason = errorInstance instanceof Error ? errorInstance.message : 'it does not hold'
  return [
    `${name}: ${reason}`,
    `  for ${fc.stringify(counterexample?.[0])}`,
    `  made smaller ${numShrinks} times; again with: npm run fuzz -- --only ${JSON.stringify(name)} --seed ${seed} --path ${counterexamplePath}`,
  ].join('\n')
}

/** Throws, with both values in its message, where two are not the same. */
export function same(actual: unknown, expected: unknown, what = 'not the same'): void {
  const [found, wanted] = [fc.stringify(actual), fc.stringify(expected)]
  if (found !== wanted) throw new Error(`${what}\n  found    ${found}\n  expected ${wanted}`)
}
