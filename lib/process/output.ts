// What becomes of that which children write to stdout and stderr, where brood passes it on.
import { formatGrouped, formatJson } from './output-format.js'
import { getState } from './state.js'

/** `inherit`: as it comes. `grouped`: by lines, each behind the pid of who wrote it. `json`: as lines of JSON. */
export type OutputMode = 'inherit' | 'grouped' | 'json'

/** Where a process writes to. */
export type OutputName = 'stdout' | 'stderr'

/** What is to be known of a process by somebody who looks at the tree from outside. Its `pid` is that of {@link Pid}, in full. */
export type OutputEvent =
  | { readonly type: 'spawn'; readonly pid: string; readonly parent: string; readonly osPid: number }
  /** Whole lines, as far as the process has ended them. */
  | { readonly type: 'output'; readonly pid: string; readonly stream: OutputName; readonly bytes: Uint8Array }
  | { readonly type: 'exit'; readonly pid: string; readonly exitCode: number | null; readonly signal: NodeJS.Signals | null }

/** Has the root show it. There alone everything comes together. */
export function showOutput(event: OutputEvent): void {
  const { toParent, output } = getState()
  if (toParent !== undefined) toParent.show(event)
  else if (output === 'json') passOn('stdout', formatJson(event))
  else if (event.type === 'output') passOn(event.stream, formatGrouped(event.pid, event.bytes))
}

/**
 * Writes what is a child's. That it cannot be written, since the disk is full or nobody reads the pipe any more, is no error of this process, which would
 * end by it: it has not written anything itself. So `console` has it, too.
 */
export function passOn(name: OutputName, text: string | Uint8Array): void {
  const stream = process[name]
  stream.write(text, (error) => {
    // It is still to be emitted.
    if (error && stream.listenerCount('error') === 0) stream.once('error', ignore)
  })
}

const ignore = () => {}
