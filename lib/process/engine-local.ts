import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Ending, Engine, Launched, LaunchRequest } from './engine.js'
import { doorPath } from './tree-directory.js'

/** Starts processes on this machine. */
export const localEngine: Engine = {
  capacity: undefined,
  launch,
  findListenAddress: (directory, id) => ({ path: doorPath(directory, id) }),
}

function launch({ entry, execArgv, args, env, cwd, stdio, uid, gid, detached }: LaunchRequest): Launched {
  let child: ChildProcess
  try {
    child = spawn(process.execPath, [...execArgv, entry, ...args], {
      env,
      stdio: [...stdio, 'pipe'],
      detached,
      ...(cwd !== undefined && { cwd }),
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
      windowsHide: true,
    })
  } catch (error) {
    return notStarted(error as Error)
  }
  const ended = new Promise<Ending | { error: Error }>((resolve) => {
    child.once('error', (error) => {
      // It is also said of a signal that could not be sent.
      if (child.pid === undefined) resolve({ error })
    })
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }))
  })
  // Where there are no more descriptors Node says so by an event, and gives a child without any streams.
  const { stdin = null, stdout = null, stderr = null, stdio: streams = [] } = child as Partial<ChildProcess>
  const link = (streams[3] ?? undefined) as Socket | undefined
  return {
    osPid: child.pid,
    link: child.pid === undefined ? undefined : link,
    stdin,
    stdout,
    stderr,
    ended,
    kill: (signal) => void child.kill(signal),
    setHolding(isHolding) {
      if (isHolding) child.ref()
      else child.unref()
      for (const stream of [stdin, stdout, stderr] as (Partial<Pick<Socket, 'ref' | 'unref'>> | null)[]) {
        if (isHolding) stream?.ref?.()
        else stream?.unref?.()
      }
    },
  }
}

function notStarted(reason: Error): Launched {
  return {
    osPid: undefined,
    link: undefined,
    stdin: null,
    stdout: null,
    stderr: null,
    ended: Promise.resolve({ error: reason }),
    kill: () => {},
    setHolding: () => {},
  }
}
