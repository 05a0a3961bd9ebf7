import { fork, spawn as spawnProcess } from 'node:child_process'
import { once } from 'node:events'
import { spawnWith } from 'brood/process'
import { add, addOfCommonJS, worker } from './project.mjs'

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

const startNode = async (...args) => {
  await once(spawnProcess(process.execPath, args, { stdio: 'ignore' }), 'exit')
}
const startTask = async (task) => {
  const handle = spawnWith({ stdio: 'ignore' }, task, 1, 2)
  await handle
  await handle.gone
}
const forkByHand = async (file) => {
  const child = fork(file, { stdio: 'ignore' })
  child.send([1, 2])
  await once(child, 'exit')
}

/** Ways to have one thing done in a process of its own: until that process has ended. The first is what the others are compared with. */
export const starts = {
  '`node -e 0`': () => startNode('-e', '0'),
  'an empty ES module': () => startNode(worker('empty.mjs')),
  'fork by hand, CommonJS': () => forkByHand(worker('forked.cjs')),
  'fork by hand, ES module': () => forkByHand(worker('forked.mjs')),
  'brood, a task of CommonJS': () => startTask(addOfCommonJS),
  'brood, a task of an ES module': () => startTask(add),
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
