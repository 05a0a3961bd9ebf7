// Who looks for an end of a channel in this process, and who has come for it.
import { type ChannelName, keyOf, type Role } from './channel-name.js'
import type { Frame } from './frame.js'
import type { Line } from './line.js'

/** An end of a channel that looks for the other one. */
export interface Seeker {
  /** @param first what has been said on it already */
  offer(line: Line, first?: Frame): void
}

/** Somebody who waits until the end is there that it has come for. */
interface Guest {
  readonly line: Line
  first: Frame | undefined
}

/** Who comes for an end that is not there yet, waits. */
export class Lobby {
  readonly #seekers = new Map<string, Seeker>()
  readonly #guests = new Map<string, Guest>()

  /** Gives who comes for an end to who looks for the other one, and who waits already too. */
  expect(name: ChannelName, role: Role, seeker: Seeker): void {
    const key = keyOf(name, role)
    this.#seekers.set(key, seeker)
    const guest = this.#guests.get(key)
    this.#guests.delete(key)
    if (guest !== undefined) seeker.offer(guest.line, guest.first)
  }

  forget(name: ChannelName, role: Role): void {
    this.#seekers.delete(keyOf(name, role))
  }

  /** @param role which end it has come for */
  receive(name: ChannelName, role: Role, line: Line): void {
    const key = keyOf(name, role)
    const seeker = this.#seekers.get(key)
    if (seeker !== undefined) {
      seeker.offer(line)
      return
    }
    this.#guests.get(key)?.line.destroy()
    const guest: Guest = { line, first: undefined }
    this.#guests.set(key, guest)
    line.listen({
      onFrame: (frame) => {
        guest.first ??= frame
      },
      onClose: () => {
        if (this.#guests.get(key) === guest) this.#guests.delete(key)
      },
    })
  }
}
