// What the two ends of a link say to each other. Both are of one version of brood: the parent names the child's entry by its path.
import type { ThrownRecord } from './error-record.js'
import type { OutputMode } from './output.js'
import type { Resources } from './resources.js'

/** Types of frames. Those below 16 go from a parent to its child, the others from a child to its parent. */
export const message = {
  /** The first frame: who the child is. */
  start: 1,
  /** A task that calls will be about: `id` is its number on this link, the value how it is found. */
  task: 2,
  /** A call of the task that it is about: `id` is the call's, the value its arguments. */
  call: 3,
  /** A signal was aborted: `id` is the call's, `about` the signal's number among its arguments, 0 for the caller's own, the value the reason. */
  abort: 7,
  /** No more calls come. */
  end: 4,
  /** Where a pipe is, by which the child's frames take less time: the value is its path. */
  pipe: 12,
  /** A call is about to come: who sleeps takes as long to wake as its caller takes to make it ready. */
  knock: 11,
  /** Nobody waits for a call any more: it is not to be begun. */
  drop: 10,
  /** Resources that the child asked for are given to it. */
  granted: 5,
  /** They are not. */
  refused: 6,
  /** Somebody waits for room, and idle processes of the child's own are to give way, where `about` is 1; from 0 on they need not any more. */
  wanted: 13,
  /** How a process has ended that the child asked about: `id` is the question's, `about` 1 where it has died. */
  fate: 8,
  /**
   * An answer to a relay: `about` is 0, why the channel has ended as a farewell says it plus 1, 15 where the parent cannot open it and the value says why,
   * or the type of the frame that came plus 16.
   */
  relayed: 9,
  /** A child that was made ready has loaded what it can. */
  ready: 16,
  returned: 17,
  thrown: 18,
  progress: 19,
  /** A process of the child's own was started, or has ended: the root's reaper is to know. */
  born: 20,
  buried: 21,
  /** The child asks for resources for a process of its own; gives them back, or asks no more. */
  take: 22,
  release: 23,
  /** An exception that nobody caught has ended the child. */
  uncaught: 24,
  /** A process of the child's own has a Pid, or has ended: `about` is 1 where it has died, the value its Pid. */
  lives: 25,
  ended: 26,
  /** The child asks how a process ends, or does not want to know any more. */
  watch: 27,
  unwatch: 28,
  /** The child ends, and has something left in a channel that the other side has not opened yet. */
  bequest: 29,
  /** The child cannot wait for the other end of a channel by an event loop: its parent does that, and passes on what comes and goes. */
  relay: 30,
  /** What V8 has made of the library in the child. */
  compiled: 31,
  /** What the child sends from now on comes by the pipe: it is the socket's last frame. */
  switched: 32,
  /** The child ends: `about` is its exit code. A parent that waits without its event loop is not told by the system. */
  goodbye: 33,
  /** What a process of the child's own has written, or that it has started or ended: the root is to show it. */
  show: 40,
} as const

/** What a child is told before anything else. */
export interface Start {
  readonly pid: string
  readonly parent: string
  readonly resources: Resources
  /** Does the root keep account of resources? Then the child asks before it starts a process. */
  readonly isMetered: boolean
  readonly output: OutputMode
  readonly capturesErrors?: boolean
  /** The private directory of the tree: sockets lie there. */
  readonly directory: string
  /** Whoever knows it belongs to the tree. */
  readonly token: string
  /** May it outlive its parent? */
  readonly detached: boolean
  /** Is it to wait for calls, rather than end with the first? */
  readonly worker: boolean
  /** Does it tell with each answer how much memory it takes, in KiB? */
  readonly reportsMemory: boolean
  /** Modules that are loaded before the first call comes. */
  readonly modules: readonly string[]
  /** Milliseconds in which what was sent is to arrive before the process ends. */
  readonly flushTimeout: number
}

/** Which function a call is for. */
export interface TaskReference {
  readonly url: string
  readonly name: string
  /** How the name is looked up: among the module's registered tasks, or its exports. */
  readonly by: 'registration' | 'export'
  /** Of the module's file; `undefined` where it is no file. */
  readonly hash: string | undefined
  /** Is it written as a CommonJS module? Then it need not be imported. */
  readonly isCommonJS: boolean
}

/** A task, as a child is told of it. */
export interface ToldTask extends TaskReference {
  /** Where the module is. */
  readonly file?: string
  /** What `require` remembers this library by in the module; left out where it is not known to find this copy. */
  readonly lookup?: string
}

/** Why a call came to no end of its own. */
export type Failure =
  | { readonly kind: 'thrown'; readonly record: ThrownRecord }
  /** A module that could not be loaded: the record says why. */
  | { readonly kind: 'not-loaded'; readonly record: ThrownRecord }
  | { readonly kind: 'not-found'; readonly known: readonly string[] }
  | { readonly kind: 'mismatch' }
  /** Its caller had given up before it was begun. */
  | { readonly kind: 'dropped' }
  | { readonly kind: 'not-cloneable'; readonly path: string; readonly text: string }

/** Why resources are not given. */
export interface Refusal {
  readonly kind: 'impossible' | 'no-capacity'
  readonly message: string
}
