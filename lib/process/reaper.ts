// Ends what a root leaves behind that was killed before it could do so itself.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { isWindows } from '../platform.js'
import { identity } from './identity.js'
import { getState } from './state.js'
import { removeDirectory } from './tree-directory.js'

/**
 * Reads lines `+ pid start` and `- pid`, and when no more come kills those that were not taken back. A pid that means another process by then,
 * which started at another time, is left alone. Then it removes the directory that a line `d - path` names: nobody can make it again.
 */
export const reaperScript: string = `trap '' HUP INT TERM QUIT
pids=' '
directory=
while read -r change pid start; do
  case $change in
    d) directory=$start ;;
    +) pids="$pids$pid:$start " ;;
    -) for known in $pids; do
         case $known in "$pid":*) pids="\${pids%% $known *} \${pids#* $known }" ;; esac
       done ;;
  esac
done
for known in $pids; do
  pid=\${known%%:*}
  if read -r line 2>/dev/null < "/proc/$pid/stat"; then
    set -- \${line##*) }
    [ "\${20}" = "\${known#*:}" ] || continue
  elif [ "\${known#*:}" != - ]; then continue
  fi
  kill -9 "$pid" 2>/dev/null
done
[ -z "$directory" ] || /bin/rm -rf "$directory"
`

let reaper: ChildProcess | undefined
let isBroken = false

/** From now on this process ends with the root, however that ends. */
export function watch(osPid: number): void {
  const parent = getState().toParent
  if (parent !== undefined) parent.born(osPid)
  else tell(`+ ${osPid} ${startTime(osPid)}\n`)
}

/** It has ended. */
export function forget(osPid: number): void {
  const parent = getState().toParent
  if (parent !== undefined) parent.buried(osPid)
  else if (reaper !== undefined) tell(`- ${osPid}\n`)
}

function tell(line: string): void {
  reaper ??= start()
  reaper?.stdin?.write(line)
}

/** A shell, in a session of its own: what ends the root, such as Ctrl-C, must not end it first. */
function start(): ChildProcess | undefined {
  // Windows ends no processes with others, and has no shell for this.
  if (isWindows || isBroken) return undefined
  try {
    const child = spawn('/bin/sh', ['-c', reaperScript], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} })
    const give = () => {
      isBroken = true
      reaper = undefined
    }
    child.once('error', give)
    child.once('exit', give)
    child.stdin.on('error', () => {})
    const { directory } = identity()
    child.stdin.write(`d - ${directory}\n`)
    // Nobody need wait for the reaper to see it go.
    process.once('exit', () => removeDirectory(directory))
    child.unref()
    ;(child.stdin as Socket).unref()
    return child
  } catch {
    isBroken = true
    return undefined
  }
}

/** When a process started, in the system's own count; `-` where the system does not tell. */
export function startTime(osPid: number): string {
  try {
    const stat = readFileSync(`/proc/${osPid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-'
  } catch {
    return '-'
  }
}
