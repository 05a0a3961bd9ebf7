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
 *
 * A line `e` says that the root ends by itself. Its processes have 2 s then to end so, too, with their exit listeners and what node writes for
 * NODE_V8_COVERAGE.
 */
export const reaperScript: string = `trap '' HUP INT TERM QUIT
pids=' '
directory=
patience=0
while read -r change pid start; do
  case $change in
    d) directory=$start ;;
    e) patience=20 ;;
    +) pids="$pids$pid:$start " ;;
    -) for known in $pids; do
         case $known in "$pid":*) pids="\${pids%% $known *} \${pids#* $known }" ;; esac
       done ;;
  esac
done
while [ "$patience" -gt 0 ]; do
  patience=$((patience - 1))
  living=
  for known in $pids; do kill -0 "\${known%%:*}" 2>/dev/null && living=$known; done
  [ -n "$living" ] && /bin/sleep 0.1 2>/dev/null || patience=0
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
let isListening = false

/** Who is to end with the root, and when it started: a reaper that could not be started at first is told later. */
const watched = new Map<number, string>()

/** From now on this process ends with the root, however that ends. */
export function watch(osPid: number): void {
  const parent = getState().toParent
  if (parent !== undefined) parent.born(osPid)
  else {
    watched.set(osPid, startTime(osPid))
    tellAtExit()
    if (reaper === undefined) start()
    else tellOf(osPid)
  }
}

/** It has ended. */
export function forget(osPid: number): void {
  const parent = getState().toParent
  if (parent !== undefined) parent.buried(osPid)
  else if (watched.delete(osPid)) reaper?.stdin?.write(`- ${osPid}\n`)
}

function tellOf(osPid: number): void {
  reaper?.stdin?.write(`+ ${osPid} ${watched.get(osPid)}\n`)
}

/** Nobody need wait for the reaper to see the directory go; and perhaps there is none. */
function tellAtExit(): void {
  if (isWindows || isListening) return
  isListening = true
  process.once('exit', () => {
    reaper?.stdin?.write('e\n')
    removeDirectory(identity().directory)
  })
}

/** There is no room for one more process, or its pipe, now. */
const mayPass = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'])

/** A shell, in a session of its own: what ends the root, such as Ctrl-C, must not end it first. */
function start(): void {
  // Windows ends no processes with others, and has no shell for this.
  if (isWindows || isBroken) return
  try {
    const child = spawn('/bin/sh', ['-c', reaperScript], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} })
    const give = () => {
      isBroken = true
      reaper = undefined
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (!mayPass.has(error.code ?? '')) give()
    })
    // The next process is another reason to try it.
    if (child.pid === undefined) return
    reaper = child
    child.once('exit', give)
    child.stdin.on('error', () => {})
    child.stdin.write(`d - ${identity().directory}\n`)
    for (const osPid of watched.keys()) tellOf(osPid)
    child.unref()
    ;(child.stdin as Socket).unref()
  } catch {
    isBroken = true
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
