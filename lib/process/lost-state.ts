import { describeEnding } from './death.js'
import type { Member } from './pool-member.js'
import type { Death } from './worker.js'

const whatIsLost = 'What its modules remembered is lost.'

/** What is said of a process of a pool whose modules may have remembered something, when it has ended. */
export class LostState {
  #hasTold = false

  /** For the error of the call that it worked on. */
  describe({ mayRemember }: Member): string {
    return mayRemember ? whatIsLost : ''
  }

  /** Nobody hears of the end of an idle process by a call. It is said once, unless the pool itself has ended it. */
  tell({ worker, isRetiring, mayRemember }: Member, { ending }: Death): void {
    if (this.#hasTold || isRetiring || !mayRemember || 'error' in ending) return
    this.#hasTold = true
    const text =
      `An idle process of a pool (${worker.osPid}) has ended ${describeEnding(ending)}. ${whatIsLost} Another process takes its place when there are ` +
      'calls. No more of that is said of this pool.'
    process.emitWarning(text, { type: 'BroodWarning', code: 'BROOD_STATE_LOST' })
  }
}
