import { Module } from 'node:module'
import type { ChannelName, Role } from './channel-name.js'
import type { Door } from './door.js'
import type { ClosedReason } from './errors.js'
import type { Frame } from './frame.js'
import type { Identity } from './identity.js'
import type { OutputEvent, OutputMode } from './output.js'
import type { Pid } from './pid.js'
import type { Resources } from './resources.js'
import type { RegisteredTask } from './task.js'

/** What all copies of `brood/process` of one version share in one thread. */
interface State {
  /** By URL and name. */
  readonly tasks: Map<string, RegisteredTask>
  /** The tasks by their functions. */
  readonly functions: WeakMap<object, RegisteredTask>
  /** Was this process started by `brood/process`? */
  isChild: boolean
  /** Who this process is, once somebody has asked. */
  identity: Identity | undefined
  /** Is account kept of what the processes of the tree use? */
  isMetered: boolean
  /** Does somebody of the tree wait for room that idle processes of this one have? */
  isRoomWanted: boolean
  /** Are called where that changes. */
  readonly roomListeners: Set<() => void>
  /** What becomes of the output of children. */
  output: OutputMode
  /** Does stderr of children go through this process? `undefined` where that depends on where it leads to. */
  capturesErrors: boolean | undefined
  /** The call that this process is working on. */
  call: RunningCall | undefined
  /** The module that is being loaded for a task, in a child. */
  loading: string | undefined
  /** Does this turn of a child belong to none of its tasks? It is asked where a module goes on with something of its own. */
  isOutsideTask: (() => boolean) | undefined
  /** Asks the parent for something, in a child. */
  toParent: ParentRequests | undefined
  /** Does what a parent does for a child that waits without its event loop, where this is none. */
  relayThread: RelayThread | undefined
  /** Where other processes open channels to this one. */
  door: Door | undefined
  /** The ends of channels that this process has. */
  readonly channelEnds: Set<string>
  /** Is called when the process ends, with its exit code and the time until when it may take, by clock.ts. */
  endChannels: ((exitCode: number, deadline: number) => void) | undefined
  /** Gathers the modules of the library that are loaded, by their paths: the rest of it shares them. */
  modules: (() => Readonly<Record<string, object>>) | undefined
  /** What V8 has made of the library, as this process was given it. */
  compiledHere: Uint8Array | undefined
  /** The same as it is by now, for other processes to be given, in a child whose parent has none that is of use. */
  compile: (() => Uint8Array) | undefined
  /** Imports a module, in a child. */
  importModule: ((url: string) => Promise<unknown>) | undefined
  /** What the entry of a child calls. */
  runChild: (() => void) | undefined
}

/** What a task can do with the call that it answers. */
export interface RunningCall {
  readonly signal: AbortSignal
  progress(value: unknown): void
}

/** What becomes of a request for resources: one of the two is called, once. */
export interface RoomEvents {
  /** @param release gives them back */
  readonly grant: (release: () => void) => void
  readonly refuse: (error: Error) => void
}

/** Who has an event loop while a thread waits without its own. */
export interface Substitute extends RelayRequests {
  /** Leaves it what is to be sent through a channel. */
  bequeath(bequest: Bequest): void
  /**
   * Calls back when all that a process has left by {@link bequeath} is on its way, or it sees to it by itself that nobody hears of the end of that one
   * before.
   */
  settle(of: string, then: (isAllSent: boolean) => void): void
}

/** One that is a thread of this process. */
export interface RelayThread extends Substitute {
  /** The process ends, and what was sent is to be on its way. @param deadline by clock.ts */
  end(exitCode: number, deadline: number): void
}

/** What a child asks of its parent. */
export interface ParentRequests extends Substitute {
  /** @returns gives up waiting: `false` where it is decided already */
  take(resources: Resources, isWaiting: boolean, events: RoomEvents): () => boolean
  /** The root's reaper is to know of a process. */
  born(osPid: number): void
  buried(osPid: number): void
  /** The root is to show what a process of the tree has written, or that it has started or ended. */
  show(event: OutputEvent): void
  /** The root is to know of a Pid, and how it has ended. */
  lives(id: string): void
  ended(id: string, fate: Fate): void
  /** @returns ends the wait */
  watch(id: string, onFate: (fate: Fate) => void): () => void
}

/** What a child asks its parent for, about a channel whose other end the parent looks for in its place. */
export interface RelayRequest {
  readonly kind: 'push' | 'pull' | 'end'
  readonly name: ChannelName
  readonly role: Role
  /** Frames, of a push. */
  readonly bytes?: Uint8Array
}

/** The answer: a frame where a pull has brought one, why the channel has come to its end, and what is said where the parent cannot open it. */
export interface Relayed {
  readonly frame?: Frame
  readonly closed?: ClosedReason
  readonly refused?: string
}

export interface RelayRequests {
  relay(request: RelayRequest, onAnswer: (answer: Relayed) => void): void
  /**
   * Waits, without the event loop, until the parent has said something, and sees to it.
   *
   * @param other the process at the other end of the channel for which it is waited
   * @throws BroodError `ERR_BROOD_CHANNEL_BUSY`
   */
  waitForAny(other: Pid): void
}

/** How a process has ended: by itself with exit code 0, or in another way. */
export type Fate = 'exited' | 'died'

/** What a process that has ended had still to send through a channel. */
export interface Bequest {
  readonly name: ChannelName
  /** Frames. */
  readonly bytes: Uint8Array
  /** How it has ended. */
  readonly fate: Fate
  /** Whose it is, where it was passed on. */
  readonly of?: string
}

// The build puts a hash of the library behind it: copies of another version mean something else by it.
const key = Symbol.for('brood.process')

// As the wrap's registry does: every copy can reach it, and programs do not enumerate it.
const holder = Module as unknown as { [key]?: State }

/** The state of this thread, made on first use. */
export function getState(): State {
  let state = holder[key]
  if (state === undefined) {
    state = {
      tasks: new Map(),
      functions: new WeakMap(),
      isChild: false,
      identity: undefined,
      isMetered: false,
      isRoomWanted: false,
      roomListeners: new Set(),
      output: 'inherit',
      capturesErrors: undefined,
      call: undefined,
      loading: undefined,
      isOutsideTask: undefined,
      toParent: undefined,
      relayThread: undefined,
      door: undefined,
      channelEnds: new Set(),
      endChannels: undefined,
      modules: undefined,
      compiledHere: undefined,
      compile: undefined,
      importModule: undefined,
      runChild: undefined,
    }
    Object.defineProperty(holder, key, { value: state })
  }
  return state
}
