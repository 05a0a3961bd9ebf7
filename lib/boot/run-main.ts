import { BroodError } from '../errors.js'
import { findRegistry } from '../wrap/registry.js'

/**
 * In a wrapper main: takes the wrapper out of `process.argv` and runs the program in its place.
 *
 * It returns when a CommonJS program has run its main script, at once for an ES module.
 *
 * @throws BroodError `ERR_BROOD_NOT_WRAPPED` outside a wrapper main, or when the program runs already
 */
export function runMain(): void {
  const handOver = findRegistry()?.runMain
  if (handOver === undefined) {
    throw new BroodError(
      'ERR_BROOD_NOT_WRAPPED',
      'runMain() has no program to run: this process has no wrapper main, or handed over already. Call it once, in the script that is passed to wrap().',
    )
  }
  handOver()
}
