/** Something that code has left open. */
export interface Leftover {
  /** What kind of thing. `descriptor`: of a file that was opened without a handle; `variable`: of the environment. */
  readonly kind:
    | 'timer'
    | 'socket'
    | 'server'
    | 'watcher'
    | 'process'
    | 'worker'
    | 'file'
    | 'descriptor'
    | 'listener'
    | 'global'
    | 'variable'
    | 'other'
  /** What it is, for a person: `setInterval, every 1000 ms`. */
  readonly description: string
  /** Where it was made, as a stack trace says it: `/app/plugin.js:12:3`. `undefined` where that is not known. */
  readonly at?: string
  /** Of a process: what the system calls it. */
  readonly osPid?: number
}
