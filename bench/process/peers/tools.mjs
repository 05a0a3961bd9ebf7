// The peers, as brood is in ../tools.mjs. They lie in a package of their own: nobody who works on brood needs to install them.
import { fileURLToPath } from 'node:url'

const locate = (name) => fileURLToPath(new URL(`workers/${name}`, import.meta.url))

/** Loaded when they are asked for: to have four pools' code in the way of the first is no measurement. */
export const peers = {
  async tinypool(size, prefetch) {
    const { default: Tinypool } = await import('tinypool')
    const pool = new Tinypool({
      filename: locate('named.mjs'),
      runtime: 'child_process',
      serialization: 'advanced',
      minThreads: size,
      maxThreads: size,
      concurrentTasksPerWorker: prefetch,
    })
    return {
      add: (a, b) => pool.run([a, b], { name: 'add' }),
      echo: (value) => pool.run(value, { name: 'echo' }),
      stop: () => pool.destroy(),
    }
  },
  async workerpool(size) {
    const { default: workerpool } = await import('workerpool')
    const pool = workerpool.pool(locate('registered.mjs'), {
      workerType: 'process',
      minWorkers: size,
      maxWorkers: size,
      forkOpts: { serialization: 'advanced' },
    })
    return { add: (a, b) => pool.exec('add', [a, b]), echo: (value) => pool.exec('echo', [value]), stop: () => pool.terminate() }
  },
  async 'jest-worker'(size) {
    const { Worker } = await import('jest-worker')
    const pool = new Worker(locate('named.cjs'), {
      numWorkers: size,
      exposedMethods: ['add', 'echo'],
      forkOptions: { serialization: 'advanced' },
    })
    return { add: (a, b) => pool.add(a, b), echo: (value) => pool.echo(value), stop: () => pool.end() }
  },
  /** Threads: what is beside processes. */
  async piscina(size, prefetch) {
    const { Piscina } = await import('piscina')
    const pool = new Piscina({ filename: locate('named.mjs'), minThreads: size, maxThreads: size, concurrentTasksPerWorker: prefetch })
    return {
      add: (a, b) => pool.run([a, b], { name: 'add' }),
      echo: (value) => pool.run(value, { name: 'echo' }),
      stop: () => pool.destroy(),
    }
  },
}
