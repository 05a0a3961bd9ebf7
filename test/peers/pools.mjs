// Each pool as the others: `run(name, ...args)`, `stop()`. Child processes in all of them, and otherwise what they do by default.
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const require = createRequire(new URL('../../bench/process/peers/package.json', import.meta.url))
const locate = (name) => fileURLToPath(new URL(`workers/${name}`, import.meta.url))
const load = (name) => import(pathToFileURL(require.resolve(name)).href)

export const pools = {
  async brood(size) {
    const { Pool } = await import('brood/process')
    const tasks = await import('./workers/brood.mjs')
    const pool = new Pool({ size, stdio: 'ignore' })
    return { run: (name, ...args) => pool.run(tasks[name], ...args), stop: () => pool.kill() }
  },
  async tinypool(size) {
    const { default: Tinypool } = await load('tinypool')
    const pool = new Tinypool({ filename: locate('one-argument.cjs'), runtime: 'child_process', minThreads: size, maxThreads: size })
    return { run: (name, ...args) => pool.run(args, { name }), stop: () => pool.destroy() }
  },
  async workerpool(size) {
    const { default: workerpool } = await load('workerpool')
    const pool = workerpool.pool(locate('registered.cjs'), { workerType: 'process', minWorkers: size, maxWorkers: size })
    return { run: (name, ...args) => pool.exec(name, args), stop: () => pool.terminate(true) }
  },
  async 'jest-worker'(size) {
    const { Worker } = await load('jest-worker')
    const pool = new Worker(locate('tasks.cjs'), { numWorkers: size })
    return { run: (name, ...args) => pool[name](...args), stop: () => pool.forceExit?.() ?? pool.end() }
  },
}
