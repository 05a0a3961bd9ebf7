// One pool, used for one thing, in a process of its own: `program.mjs POOL WHAT [FILE]`. Says what came of it as JSON.
import { setTimeout as wait } from 'node:timers/promises'
import { isChild } from 'brood/process'
import { pools } from './pools.mjs'

/** Milliseconds after which nothing more is expected. */
const patience = 3000

const settled = (promise) =>
  Promise.race([
    Promise.resolve(promise).then(
      (value) => ({ value }),
      (error) => ({
        error: {
          isError: error instanceof Error,
          code: error?.code,
          exitCode: error?.exitCode,
          signal: error?.signal,
          osPid: error?.osPid,
          text: `${error?.message ?? error}`,
          isUndefined: error === undefined,
        },
      }),
    ),
    wait(patience, { isPending: true }),
  ])

const say = (said) => process.stdout.write(`${JSON.stringify(said)}\n`)

const deeds = {
  /** A task that ends its process with exit code 3. */
  exit: async (pool, file) => settled(pool.run('exitWith', file, 3)),
  /** A task whose process is killed, and then how many processes answer. */
  async kill(pool) {
    // They are there.
    await Promise.all([pool.run('pid'), pool.run('pid')])
    const killed = await settled(pool.run('killed'))
    const after = await Promise.all([1, 2, 3, 4].map(() => settled(pool.run('pid'))))
    return { killed, after, processes: new Set(after.map(({ value }) => value)).size }
  },
  async buffer(pool) {
    const { value, ...rest } = await settled(pool.run('echo', Buffer.from('bytes')))
    return { isBuffer: Buffer.isBuffer(value), value, ...rest }
  },
  symbol: (pool) => settled(pool.run('echo', Symbol('sent'))),
  throwUndefined: async (pool) => ({ thrown: await settled(pool.run('throwUndefined')), next: await settled(pool.run('echo', 1)) }),
  /** Its root is killed while a process is busy. */
  async busy(pool, file) {
    void pool.run('busy', file)
    await wait(60_000)
  },
  /** Nobody ends the pool. */
  async left(pool) {
    return settled(pool.run('echo', 1))
  },
}

if (!isChild) {
  const [name, deed, file] = process.argv.slice(2)
  const uncaught = []
  process.on('uncaughtException', (error) => uncaught.push(error?.message ?? error))
  const pool = await pools[name](2)
  const seen = await deeds[deed](pool, file)
  say({ ...seen, ...(uncaught.length > 0 && { uncaught }) })
  if (deed !== 'left') process.exit()
}
