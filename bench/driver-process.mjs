import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('driver.mjs', import.meta.url))

/** Starts a driver for a row under a tool. */
export function startDriver(tool, row, { node, env }) {
  // Detached, so that Ctrl-C ends the bench alone; its drivers end, and clean up, when the channel closes.
  const child = fork(script, [tool, row.id], { execPath: node, execArgv: [], env, detached: true })
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the driver of ${tool} ended with ${signal ?? code} in row ${row.id}`)
  })
  // It counts only while an answer is awaited.
  ended.catch(() => {})

  async function ask(request) {
    const answer = once(child, 'message')
    child.send(request)
    const [value] = await Promise.race([answer, ended])
    return value
  }

  return {
    /** Starts the row's child once: nanoseconds. */
    timeChild: () => ask('time'),
    /** What the probe prints in place of the row's program. */
    readProbe: () => ask('probe'),
    /** Lets the driver end, and waits until it has cleaned up. */
    async stop() {
      child.disconnect()
      await ended.catch(() => {})
    },
  }
}
