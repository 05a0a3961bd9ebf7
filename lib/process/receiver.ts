import { readPid } from './argument.js'
import { claimEnd, closedError, handEndOver, releaseEnd, takeEndOver } from './channel-ends.js'
import type { ChannelName } from './channel-name.js'
import { ChannelClosedError, NotCloneableError } from './errors.js'
import { addHandleKind } from './handle-kinds.js'
import { hold, release } from './hold.js'
import { identity } from './identity.js'
import { Inbox } from './inbox.js'
import { Pid } from './pid.js'

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * The receiving end of a channel from another process of the tree, which writes with a {@link Sender} that it makes from this process's Pid. It does
 * not matter who makes its end first.
 *
 * What comes and is not taken lies here, up to about a megabyte; then the sender waits. It keeps a process running only while somebody waits for
 * `recv()`.
 *
 * An end that was not used yet may stand in an argument, a result or a message: it is then the other process's, and this one's no more. Where a call is
 * refused, or fails before anybody has read its arguments, it is this one's again; so it is where a channel ends with the message unread.
 */
export class Receiver<T = unknown> implements AsyncDisposable, AsyncIterable<T> {
  readonly #name: ChannelName
  readonly #from: Pid
  readonly #inbox: Inbox
  readonly #waiting: Waiting[] = []
  #isListening = false
  #isClosed = false
  /** It was handed over. */
  #isElsewhere = false
  #closing: Promise<void> | undefined

  /** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`, `ERR_BROOD_CHANNEL_SELF`, `ERR_BROOD_CHANNEL_DUPLICATE` */
  constructor(from: Pid)
  /** @internal */
  constructor(from: Pid, name: ChannelName)
  constructor(from: Pid, name: ChannelName = { from: readPid('from', from).id, to: identity().pid.id }) {
    claimEnd(name, 'receiver')
    this.#name = name
    this.#from = from
    this.#inbox = new Inbox(name)
  }

  /** The process that it comes from. */
  get pid(): Pid {
    return this.#from
  }

  /**
   * Waits for the next value. Who asks first is given it first.
   *
   * @throws BroodError `ERR_BROOD_CHANNEL_CLOSED` when all that was sent is taken, with the `reason`: `exited`, `died` or `closed`;
   *   `ERR_BROOD_CHANNEL_REFUSED` where the system lets no socket be made: it can be tried again
   */
  recv(): Promise<T> {
    try {
      this.#start()
      if (this.#waiting.length === 0 && !this.#isOver && !this.#inbox.isEmpty) return Promise.resolve(this.#inbox.take() as T)
      this.#checkOpen()
    } catch (error) {
      return Promise.reject(error)
    }
    return new Promise((resolve, reject) => {
      hold()
      this.#waiting.push({ resolve: resolve as (value: unknown) => void, reject })
      this.#listen()
    })
  }

  /**
   * Takes the next value where it has come.
   *
   * @returns `undefined` where none has
   * @throws BroodError as {@link recv}
   */
  tryRecv(): T | undefined {
    this.#start()
    if (this.#waiting.length === 0 && !this.#isOver && !this.#inbox.isEmpty) return this.#inbox.take() as T
    this.#checkOpen()
    return undefined
  }

  /** Until the other side closes it, or ends. Where the other process has died, it throws. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    while (true) {
      let value: T
      try {
        value = await this.recv()
      } catch (error) {
        if (error instanceof ChannelClosedError && error.reason !== 'died') return
        throw error
      }
      yield value
    }
  }

  /** Takes nothing more. What has come and was not taken is lost. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#isClosed = true
    if (this.#isElsewhere) return
    const closing = this.#inbox.close()
    this.#serve()
    // Its name is free now: what comes from another connection is another channel.
    releaseEnd(this.#name, 'receiver')
    hold()
    try {
      await closing
    } finally {
      release()
    }
  }

  /** Was it closed, or is it another process's? */
  get #isOver(): boolean {
    return this.#isClosed || this.#isElsewhere
  }

  /** It would take what is not for it. */
  #start(): void {
    if (!this.#isOver) this.#inbox.start()
  }

  /** Only where nothing lies here. */
  #checkOpen(): void {
    const reason = this.#isOver ? 'closed' : this.#inbox.isEmpty ? this.#inbox.closed : undefined
    if (reason !== undefined) throw closedError('Nothing comes from', this.#from, reason, this.#isOver)
  }

  #listen(): void {
    if (this.#isListening) return
    this.#isListening = true
    this.#inbox.whenReady(() => {
      this.#isListening = false
      this.#serve()
      if (this.#waiting.length > 0) this.#listen()
    })
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      if (this.#inbox.isEmpty && this.#inbox.closed === undefined) return
      const { resolve, reject } = this.#waiting.shift() as Waiting
      release()
      try {
        this.#checkOpen()
        resolve(this.#inbox.take())
      } catch (error) {
        reject(error)
      }
    }
  }

  /** @internal */
  static receiveBlocking<T>(receiver: Receiver<T>): T {
    const inbox = receiver.#inbox
    if (!receiver.#isOver) inbox.waitBlocking()
    receiver.#checkOpen()
    return inbox.take() as T
  }

  /** @internal */
  static inboxOf(receiver: Receiver): Inbox {
    return receiver.#inbox
  }

  static {
    addHandleKind({
      name: 'receiver',
      isOne: (value) => value instanceof Receiver,
      write(value) {
        const receiver = value as Receiver
        if (receiver.#isOver || receiver.#inbox.isUsed)
          throw new NotCloneableError('A Receiver can be handed over before it is used, not later')
        return { handle: 'receiver', name: receiver.#name }
      },
      read(record) {
        const { name } = record as { readonly name: ChannelName }
        return takeEndOver(name, 'receiver', () => new Receiver(new Pid(name.from), name))
      },
      sent: (value) => (value as Receiver).#handOver(),
    })
  }

  #handOver(): () => void {
    this.#isElsewhere = true
    const undo = handEndOver(this.#name, 'receiver')
    return () => {
      if (!undo()) return
      this.#isElsewhere = false
      // It was closed meanwhile: nobody has it.
      if (this.#isClosed) void this.#close()
    }
  }
}
