import { randomFillSync } from 'node:crypto'
import { inspect } from 'node:util'

const hexDigits = 32
const shownDigits = 7

/**
 * Names a process of the tree for good: 128 random bits, which no other process ever has, whatever the system does with its own numbers.
 *
 * It may be sent to other processes, and is equal to any other `Pid` of the same bits.
 */
export class Pid {
  /** All 128 bits: 32 hexadecimal digits. */
  readonly id: string

  /** @internal */
  constructor(id: string) {
    this.id = id
  }

  /** @internal */
  static make(): Pid {
    return new Pid(randomFillSync(Buffer.allocUnsafe(hexDigits / 2)).toString('hex'))
  }

  /** @internal */
  static isId(value: unknown): value is string {
    return typeof value === 'string' && value.length === hexDigits && /^[0-9a-f]+$/.test(value)
  }

  /** Does it name the same process? */
  equals(other: unknown): boolean {
    return other instanceof Pid && other.id === this.id
  }

  /** Its first seven digits, as people are shown it. */
  toString(): string {
    return this.id.slice(0, shownDigits)
  }

  toJSON(): string {
    return this.id
  }

  [inspect.custom](): string {
    return `Pid(${this.toString()})`
  }
}
