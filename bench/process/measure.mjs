import { fork, spawn as spawnProcess } from 'node:child_process'
import { once } from 'node:events'
import { spawnWith } from 'brood/process'
import { add, addOfCommonJS, worker } from './project.mjs'

/** Milliseconds of a round: each tool has as much time, however many calls it makes in it. */
const round = 500

/** Keeps so many calls open for as long as a round takes, and says how many are answered in a second. */
export async function callsPerSecond(pool, { open, call }) {
  const begin = performance.now()
  let calls = 0
  const lane = async () => {
    while (performance.now() - begin < round) await call(pool, ++calls)
  }
  await Promise.all(Array.from({ length: open }, lane))
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
  'fork by hand, ES module that imports a package': () => forkByHand(worker('forked-import.mjs')),
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
