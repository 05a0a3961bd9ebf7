// What the relaying thread does.
import { now } from '../clock.js'
import { Pid } from '../pid.js'
import { Relays } from '../relay.js'
import { resourcesDefault } from '../resources.js'
import { type Fate, getState, type ParentRequests } from '../state.js'
import { Wills } from '../will.js'
import type { FromRelay, RelayAnswer, RelayThreadData, ToRelay } from './thread-wire.js'

/** Opens channels in the place of a thread that waits without its event loop. */
export function serveRelays({ port, count, pid, directory, token }: RelayThreadData): void {
  const post = (message: FromRelay) => {
    port.postMessage(message)
    Atomics.add(count, 0, 1)
    Atomics.notify(count, 0)
  }
  const relays = new Relays()
  const wills = new Map<string, Wills>()
  const watches = new Watches(post)
  const state = getState()
  state.identity = { pid: new Pid(pid), parent: undefined, resources: resourcesDefault, directory, token }
  // It starts no processes, and asks for nothing else. What nobody has come for is lost with the process.
  state.toParent = {
    watch: (id, onFate) => watches.start(id, onFate),
    bequeath() {},
  } satisfies Partial<ParentRequests> as unknown as ParentRequests
  process.on('uncaughtException', (error) => post({ kind: 'failed', error }))

  const receive = async (message: ToRelay): Promise<void> => {
    const answer = (said: RelayAnswer) => 'number' in message && post({ kind: 'answer', number: message.number, answer: said })
    switch (message.kind) {
      case 'relay':
        relays.ask(message.request, answer)
        break
      case 'bequest': {
        const { of = pid } = message.bequest
        const known = wills.get(of) ?? new Wills()
        wills.set(of, known)
        known.execute(message.bequest)
        break
      }
      case 'settle':
        answer({ isAllSent: (await wills.get(message.of)?.settle()) ?? true })
        break
      case 'fate':
        // Who asks how it ended would else stop to wait for what is on its way.
        await wills.get(message.id)?.settle()
        watches.tell(message.number, message.fate)
        break
      default: {
        const deadline = now() + message.milliseconds
        relays.flush(deadline)
        state.endChannels?.(message.exitCode, deadline)
        answer({})
      }
    }
  }
  port.on('message', (message: ToRelay) => void receive(message))
  post({ kind: 'ready' })
}

/** How processes end, which the other thread knows. */
class Watches {
  readonly #post: (message: FromRelay) => void
  readonly #open = new Map<number, (fate: Fate) => void>()
  #number = 0

  constructor(post: (message: FromRelay) => void) {
    this.#post = post
  }

  start(id: string, onFate: (fate: Fate) => void): () => void {
    const number = ++this.#number
    this.#open.set(number, onFate)
    this.#post({ kind: 'watch', number, id })
    return () => {
      if (this.#open.delete(number)) this.#post({ kind: 'unwatch', number })
    }
  }

  tell(number: number, fate: Fate): void {
    const onFate = this.#open.get(number)
    this.#open.delete(number)
    onFate?.(fate)
  }
}
