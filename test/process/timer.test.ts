// Times that are longer than Node's timers.
import '../posix-only.js'
import { Pool, spawnWith } from 'brood/process'
import { startTimer } from '../../lib/process/timer.js'
import t from '../tap.js'
import { load } from './programs.js'

const { later } = await load<'later'>('tasks.mjs')

t.test('a timer waits for as long as it was told', async (t) => {
  const cases: readonly (readonly [milliseconds: number, longest: number])[] = [
    [30, 1000],
    [30, 30],
    [40, 39],
    [100, 30],
    [100, 7],
  ]
  for (const [milliseconds, longest] of cases) {
    const from = performance.now()
    let calls = 0
    await new Promise<void>((resolve) => {
      startTimer(
        () => {
          calls++
          resolve()
        },
        milliseconds,
        longest,
      )
    })
    const taken = performance.now() - from
    // A timer may be called a millisecond early.
    t.ok(taken >= milliseconds - 1 - milliseconds / longest, `${milliseconds} by ${longest}: ${taken}`)
    await new Promise((resolve) => setTimeout(resolve, 2 * longest + 10))
    t.equal(calls, 1, 'once')
  }
  const stopped = startTimer(() => t.fail('was stopped'), 60, 20)
  setTimeout(() => clearTimeout(stopped), 45)
  await new Promise((resolve) => setTimeout(resolve, 100))
})

t.test('a time of more than 24 days is no time of 1 ms', async (t) => {
  const warnings: string[] = []
  const listen = ({ name }: Error) => warnings.push(name)
  process.on('warning', listen)
  const pool = new Pool({ size: 1, idleTimeout: 2 ** 31 })
  const endless = new Pool({ size: 1, idleTimeout: Number.POSITIVE_INFINITY })
  for (const timeout of [2 ** 31 - 1, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY]) {
    t.equal(await spawnWith({ timeout, flushTimeout: timeout }, later, 1, 20), 1, `spawnWith ${timeout}`)
    t.equal(await spawnWith({}, later, 1, 20).join({ timeout }), 1, `join ${timeout}`)
    t.equal(await pool.runWith({ timeout }, later, 1, 20), 1, `runWith ${timeout}`)
    t.equal(await endless.run(later, 1, 20).join({ timeout }), 1, `join of a pool ${timeout}`)
  }
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.same([pool.size, endless.size], [1, 1])
  await Promise.all([pool.shutdown(), endless.shutdown()])
  process.off('warning', listen)
  t.same(warnings, [])
})
