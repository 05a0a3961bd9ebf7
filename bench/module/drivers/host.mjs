// node --expose-gc host.mjs MEASURE WAY: one figure of a module in a thread, by loadModule() (brood) or by hand (bare).
import { readdirSync, readFileSync } from 'node:fs'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { median } from '../../statistics.mjs'

const [measure, way, count] = process.argv.slice(2)
const { open } = await import(`../threads/${way}.mjs`)

const timed = async (action) => {
  const begin = performance.now()
  const result = await action()
  return { time: performance.now() - begin, result }
}

/** The median of so many times, each of a module of its own. */
async function ofModules(rounds, take) {
  const times = []
  for (let round = 0; round < rounds; round++) times.push(await take(await open()))
  return { value: median(times), longest: Math.max(...times) }
}

const measures = {
  /** Milliseconds until it can be called. */
  async ready() {
    const times = []
    for (let round = 0; round < 20; round++) {
      const { time, result } = await timed(open)
      times.push(time)
      await result.close()
    }
    return { value: median(times), first: times[0] }
  },
  /** Microseconds of a call, one after the other. */
  async call() {
    const module = await open()
    const times = []
    for (let index = 0; index < 6000; index++) {
      const begin = performance.now()
      await module.call('add', index, 1)
      if (index >= 1000) times.push((performance.now() - begin) * 1000)
    }
    return { value: median(times), p99: times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] }
  },
  async sync() {
    const module = await open()
    const times = []
    for (let index = 0; index < 6000; index++) {
      const begin = performance.now()
      module.callSync('add', index, 1)
      if (index >= 1000) times.push((performance.now() - begin) * 1000)
    }
    return { value: median(times), p99: times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] }
  },
  /** Milliseconds until it is gone. */
  unload: () =>
    ofModules(20, async (module) => {
      await module.call('add', 1, 2)
      return (await timed(() => module.close())).time
    }),
  unload200: () =>
    ofModules(5, async (module) => {
      await module.call('hold', 200)
      return (await timed(() => module.close())).time
    }),
  loop: () =>
    ofModules(5, async (module) => {
      await module.call('add', 1, 2)
      module.start('spin')
      await wait(50)
      return (await timed(() => module.kill())).time
    }),
  /** What is kept after so many cycles of load, call, unload. */
  async cycles() {
    await cycle(20)
    const before = await state()
    const { time } = await timed(() => cycle(Number(count)))
    const after = await state()
    const kept = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - before[name]]))
    return { value: kept.heap, ...kept, milliseconds: time / Number(count) }
  },
}

async function cycle(rounds) {
  for (let round = 0; round < rounds; round++) {
    const module = await open()
    await module.call('add', round, 1)
    await module.close()
  }
}

/** Descriptors, threads and processes are counted where there is Linux's /proc. */
async function state() {
  for (let round = 0; round < 4; round++) {
    await turn()
    globalThis.gc()
  }
  const linux = process.platform === 'linux'
  const threads = linux ? readdirSync('/proc/self/task') : []
  return {
    heap: process.memoryUsage().heapUsed,
    rss: process.memoryUsage.rss(),
    descriptors: linux ? readdirSync('/proc/self/fd').length : 0,
    threads: threads.length,
    children: threads.flatMap((id) => readFileSync(`/proc/self/task/${id}/children`, 'utf8').split(' ').filter(Boolean)).length,
  }
}

console.log(JSON.stringify(await measures[measure]()))
process.exit()
