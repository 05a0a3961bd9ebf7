// The tasks of fixtures/process/channel-tasks.mjs, typed.
import { pathToFileURL } from 'node:url'
import { fromModule, type Pid, type Receiver, type Sender } from 'brood/process'
import { fixture } from '../support.js'

interface ChannelTasks {
  count(to: Pid, howMany: number): Promise<void>
  sendOne(to: Pid, value: unknown): Promise<void>
  collect(from: Pid): Promise<unknown[]>
  greetSibling(): Promise<string>
  double(other: Pid): Promise<void>
  sendAndExit(to: Pid, options: { messages: number; length: number; code: number; afterReply: boolean }): Promise<never>
  sendAndDie(other: Pid): Promise<never>
  die(): void
  nothing(): void
  idle(): Promise<never>
  stall(from: Pid, milliseconds: number): Promise<number>
  reopen(to: Pid, rounds: number): Promise<void>
  takeFrom(receiver: Receiver, howMany: number): Promise<unknown[]>
  sendThrough(sender: Sender, values: readonly unknown[]): Promise<void>
  grandparent(to: Pid, howMany: number): Promise<void>
  sumSync(from: Pid): number
  countSync(to: Pid, howMany: number): void
  sendBytesSync(to: Pid, howMany: number, length: number): void
  mixed(other: Pid): Promise<void>
  mixedLater(other: Pid): Promise<void>
  takeLarge(other: Pid, howMany: number): Promise<unknown[]>
  sumEndSync(): number
  sendAtExit(to: Pid): void
  passOn(other: Pid): Promise<void>
  handOn(receiver: Receiver, howMany: number): Promise<unknown[]>
  giveSender(to: Pid): Sender
  giveReceiver(from: Pid): Receiver
  peek(receiver: Receiver): unknown
  closeAndExit(other: Pid): Promise<never>
  who(): Pid
  countAndClose(to: Pid, howMany: number): Promise<void>
  takeEnd(from: Pid, values: readonly unknown[]): Promise<void>
  selectAll(...froms: Pid[]): Promise<number>
  takeEnds(ends: readonly [Sender<number>, Receiver<number>]): void
  useEnds(ends: readonly [Sender<number>, Receiver<number>], values: readonly number[]): Promise<number[]>
  useInError(message: object, value: number): Promise<readonly [boolean, number]>
  dieWith(ends: unknown): void
  takeOneAndClose(from: Pid): Promise<void>
  sayAndIdle(): Promise<never>
  closeAndIdle(end: AsyncDisposable): Promise<never>
}

export const tasks = fromModule<ChannelTasks>(pathToFileURL(fixture('process/channel-tasks.mjs')))
