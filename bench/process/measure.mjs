import { fork, spawn as spawnProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { spawnWith } from 'brood/process'
import { add } from './workers/tasks.mjs'

/** Makes so many calls, with so many open at once, and says how many there were in a second. */
export async function callsPerSecond(pool, { open, calls, call }) {
  let left = calls
  const begin = performance.now()
  const lane = async () => {
    while (left > 0) {
      left--
      await call(pool, left)
    }
  }
  await Promise.all(Array.from({ length: Math.min(open, calls) }, lane))
  return (calls * 1000) / (performance.now() - begin)
}

const forked = fileURLToPath(new URL('workers/forked.cjs', import.meta.url))

/** Ways to have one thing done in a process of its own: milliseconds until that process has ended. */
export const starts = {
  async bare() {
    await once(spawnProcess(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  },
  async brood() {
    const handle = spawnWith({ stdio: 'ignore' }, add, 1, 2)
    await handle
    await handle.gone
  },
  async fork() {
    const child = fork(forked, { stdio: 'ignore' })
    child.send([1, 2])
    await once(child, 'exit')
  },
}

export async function timeOf(action) {
  const begin = performance.now()
  await action()
  return performance.now() - begin
}

/** With a process that is ready: milliseconds until the reply. */
export async function timeSpare() {
  const begin = performance.now()
  const handle = spawnWith({ stdio: 'ignore' }, add, 1, 2)
  await handle
  const time = performance.now() - begin
  await handle.gone
  return time
}
