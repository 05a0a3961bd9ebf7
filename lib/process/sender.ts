import { readPid } from './argument.js'
import { claimEnd, closedError, handEndOver, releaseEnd, takeEndOver } from './channel-ends.js'
import { channelMessage } from './channel-message.js'
import type { ChannelName } from './channel-name.js'
import { ChannelBusyError, NotCloneableError } from './errors.js'
import { encodeFrame } from './frame.js'
import { addHandleKind } from './handle-kinds.js'
import { hold, release } from './hold.js'
import { identity } from './identity.js'
import { isJsonSafe } from './json-safe.js'
import { encodeMessage, handsOver, takeBack } from './message-value.js'
import { Outbox } from './outbox.js'
import { Pid } from './pid.js'
import type { EncodedValue } from './value-codec.js'

const sent = Promise.resolve()

/**
 * The sending end of a channel to another process of the tree, which reads with a {@link Receiver} that it makes from this process's Pid. It does not
 * matter who makes its end first.
 *
 * There is one channel each way between two processes. It keeps a process running only while somebody waits for `send()` or `close()`. What was sent
 * arrives, also where the process ends right after that, unless the other side does not take it within `flushTimeout`.
 *
 * An end that was not used yet may stand in an argument, a result or a message: it is then the other process's, and this one's no more. Where a call is
 * refused, or fails before anybody has read its arguments, it is this one's again; so it is where a channel ends with the message unread.
 */
export class Sender<T = unknown> implements AsyncDisposable {
  readonly #name: ChannelName
  readonly #to: Pid
  readonly #outbox: Outbox
  #isClosed = false
  /** It was handed over. */
  #isElsewhere = false
  /** Messages with which something was handed over. */
  readonly #handingOver: EncodedValue[] = []
  /** Was somebody told that it is closed? */
  #hasSaid = false
  #closing: Promise<void> | undefined

  /** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`, `ERR_BROOD_CHANNEL_SELF`, `ERR_BROOD_CHANNEL_DUPLICATE` */
  constructor(to: Pid)
  /** @internal */
  constructor(to: Pid, name: ChannelName)
  constructor(to: Pid, name: ChannelName = { from: identity().pid.id, to: readPid('to', to).id }) {
    claimEnd(name, 'sender')
    this.#name = name
    this.#to = to
    this.#outbox = new Outbox(name, () => {
      // The other process has read what it will ever read.
      for (const message of this.#handingOver.splice(0)) takeBack(message)
    })
  }

  /** The process that it leads to. */
  get pid(): Pid {
    return this.#to
  }

  /**
   * Sends a value.
   *
   * @returns when there is room for the next one. A buffer of 4 KiB or more is sent as it lies: it must not be changed before.
   * @throws BroodError `ERR_BROOD_CHANNEL_CLOSED`, with the `reason`; `ERR_BROOD_NOT_CLONEABLE`; `ERR_BROOD_CHANNEL_REFUSED` where the system lets no
   *   socket be made: it was not sent, and can be tried again
   */
  send(value: T): Promise<void> {
    try {
      const hasBuffers = this.#add(value, false)
      if (!hasBuffers && this.#outbox.hasRoom) return sent
      return this.#wait(hasBuffers)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Sends a value where there is room for it.
   *
   * @returns `false` where there is none: it was not sent
   * @throws BroodError as {@link send}
   */
  trySend(value: T): boolean {
    this.#check()
    if (!this.#outbox.hasRoom) return false
    this.#add(value, true)
    return true
  }

  /**
   * Nothing more is sent.
   *
   * @returns when everything is on its way
   * @throws BroodError `ERR_BROOD_CHANNEL_CLOSED` where the other process was gone before it took any of it, and `send()` has not said so
   */
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
    hold()
    try {
      await this.#outbox.end('closed')
      const { hasLost, closed } = this.#outbox
      if (hasLost && closed !== undefined && !this.#hasSaid) throw closedError('Nothing can be sent to', this.#to, closed, false)
    } finally {
      release()
      releaseEnd(this.#name, 'sender')
    }
  }

  /** @returns does it lie where the caller can change it? */
  #add(value: T, isCopied: boolean): boolean {
    this.#check()
    if (isJsonSafe(value)) {
      const text = JSON.stringify(value)
      this.#outbox.start()
      this.#outbox.addText(text)
      return false
    }
    const encoded = encodeMessage(value, (path) => `The message${path}`)
    try {
      this.#outbox.start()
      const isAsItLies = encoded.buffers.length === 0 || (!isCopied && this.#outbox.isConnected)
      this.#outbox.addValue(isAsItLies ? encoded : withOwnBuffers(encoded))
      if (handsOver(encoded)) this.#handingOver.push(encoded)
      return isAsItLies && encoded.buffers.length > 0
    } catch (error) {
      // It was not sent.
      takeBack(encoded)
      throw error
    }
  }

  #check(): void {
    const isOurs = this.#isClosed || this.#isElsewhere
    const reason = isOurs ? 'closed' : this.#outbox.closed
    if (reason === undefined) return
    this.#hasSaid = true
    throw closedError('Nothing can be sent to', this.#to, reason, isOurs)
  }

  #wait(untilEmpty: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      hold()
      const go = () => {
        release()
        try {
          if (this.#outbox.closed !== undefined) this.#check()
          resolve()
        } catch (error) {
          reject(error)
        }
      }
      if (untilEmpty) this.#outbox.whenEmpty(go)
      else this.#outbox.whenRoom(go)
    })
  }

  /** @internal */
  static sendBlocking<T>(sender: Sender<T>, value: T): void {
    sender.#check()
    const encoded = encodeMessage(value, (path) => `The message${path}`)
    try {
      if (!sender.#outbox.sendBlocking(encodeFrame({ type: channelMessage.value, id: 0, value: encoded }))) {
        const text = `What was sent to ${sender.#to.toString()} before is still on its way. Await send() before sendSync().`
        throw new ChannelBusyError(text, { pid: sender.#to })
      }
      sender.#check()
    } catch (error) {
      // Nobody reads it.
      takeBack(encoded)
      throw error
    }
    if (handsOver(encoded)) sender.#handingOver.push(encoded)
  }

  static {
    addHandleKind({
      name: 'sender',
      isOne: (value) => value instanceof Sender,
      write(value) {
        const sender = value as Sender
        if (sender.#isClosed || sender.#isElsewhere || sender.#outbox.isUsed)
          throw new NotCloneableError('A Sender can be handed over before it is used, not later')
        return { handle: 'sender', name: sender.#name }
      },
      read(record) {
        const { name } = record as { readonly name: ChannelName }
        return takeEndOver(name, 'sender', () => new Sender(new Pid(name.to), name))
      },
      sent: (value) => (value as Sender).#handOver(),
    })
  }

  #handOver(): () => void {
    this.#isElsewhere = true
    const undo = handEndOver(this.#name, 'sender')
    return () => {
      if (!undo()) return
      this.#isElsewhere = false
      // It was closed meanwhile, and the other side is to hear of it.
      if (this.#isClosed) void this.#close()
    }
  }
}

function withOwnBuffers(value: EncodedValue): EncodedValue {
  return value.format === 'json' ? value : { ...value, buffers: value.buffers.map((buffer) => new Uint8Array(buffer)) }
}
