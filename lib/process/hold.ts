import { longestTimer } from './timer.js'

let timer: NodeJS.Timeout | undefined
let count = 0

/** Keeps this process running until {@link release}: somebody waits, and what it waits for keeps nothing running itself. */
export function hold(): void {
  if (count++ > 0) return
  if (timer === undefined) timer = setInterval(() => {}, longestTimer)
  else timer.ref()
}

export function release(): void {
  if (--count === 0) timer?.unref()
}

/** Somebody who keeps this process running, or does not. */
export class Holder {
  #isHolding = false

  set(isHolding: boolean): void {
    if (isHolding === this.#isHolding) return
    this.#isHolding = isHolding
    if (isHolding) hold()
    else release()
  }
}
