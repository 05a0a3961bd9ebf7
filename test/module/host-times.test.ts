// Times that are longer than Node's timers.
import '../posix-only.js'
import t from '../tap.js'
import { isolations, load } from './hosts.js'

const longTimes = [2 ** 31 - 1, 2 ** 31, 2 ** 40 + 0.5, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY]

for (const isolation of isolations) {
  t.test(`a time of more than 24 days is no time of 1 ms, in a ${isolation}`, async (t) => {
    const warnings: string[] = []
    const listen = ({ name }: Error) => warnings.push(name)
    process.on('warning', listen)
    for (const time of longTimes) {
      const slow = await load(t, 'slow.mjs', { isolation, timeout: time, limits: { callTime: time } })
      const answer = slow.exports.slow?.()
      // It waits for the call first.
      const report = await slow.unload({ timeout: time })
      t.equal(report.proof.gone, isolation === 'worker' ? 'thread' : 'process', String(time))
      t.same(await answer, { ok: true, value: 'slow' })
    }
    const notes: unknown[] = []
    const joining = await load(t, 'before-unload.mjs', { isolation, imports: { note: (text: unknown) => void notes.push(text) } })
    await joining.exports.setMode?.('joins')
    await joining.unload({ timeout: 2 ** 31 })
    t.same(notes, ['worked', 'joined'], 'what beforeUnload waits for is waited for')
    process.off('warning', listen)
    t.same(warnings, [])
  })
}

t.test('a synchronous call with such a time', async (t) => {
  const loaded = await load(t, 'arithmetic.mjs', { limits: { callTime: 2 ** 31 } })
  t.same(loaded.sync.add?.(1, 2), { ok: true, value: 3 })
  await loaded.unload()
})
