// Who waits without its event loop sees to its children meanwhile: it may be waiting for one of them. Where it has no parent, a thread opens its channels.
import '../posix-only.js'
import t from '../tap.js'
import { run, said } from './programs.js'

t.setTimeout(120_000)

const closed = (reason: string) => `ERR_BROOD_CHANNEL_CLOSED ${reason}`

const cases: readonly (readonly [way: string, expected: unknown, option?: string])[] = [
  ['later', [1, 2, 3, closed('closed')]],
  // What it has left behind comes by way of us, and how it has ended is known without the system.
  ['exits', [4, closed('exited')]],
  ['fails', [5, closed('died')]],
  ['nothing', closed('exited')],
  ['code', closed('died')],
  ['dies', closed('died')],
  ['sendsToDead', closed('died')],
  ['sends', 125_250],
  ['both', [2, 4, 6]],
  ['many', [1, 2, 3, 4]],
  ['buffers', true],
  // More than a socket has room for, on the way to a child.
  ['largeCall', 5_000_000],
  ['largeMessages', [2_000_000, 4_000_000, 6_000_000]],
  ['pooled', 'pooled'],
  ['through', 42],
  ['blocking', 6],
  ['below', closed('died')],
  ['hears', 'died'],
  ['open', [1, 2]],
  ['inOrder', ['sent', 0, 1, 2, 'returned']],
  ['room', [3, closed('closed')], 'metered'],
]

for (const place of ['child', 'first', 'thread', 'thread of a child']) {
  for (const [way, expected, option = ''] of cases) {
    t.test(`a ${place}: ${way} ${option}`, async (t) => {
      const observation = await run('blocking.mjs', [way, place, option])
      t.same(said(observation), expected, observation.stderr)
      t.equal(observation.code, 0)
    })
  }
}

/** What was written, by what becomes of it. */
const texts: Readonly<Record<string, (stdout: string) => string>> = {
  inherit: (stdout) => stdout,
  grouped: (stdout) => stdout.replaceAll(/^[0-9a-f]{7}: /gm, ''),
  json: (stdout) => {
    const events = stdout.split('\n').filter((line) => line.startsWith('{'))
    return events.map((line) => (JSON.parse(line) as { text?: string }).text ?? '').join('')
  },
}

for (const [option, textOf] of Object.entries(texts)) {
  t.test(`more than a pipe takes is written meanwhile, ${option}`, async (t) => {
    const { stdout } = await run('blocking.mjs', ['written', 'child', option])
    const numbers = textOf(stdout).match(/^ +\d+$/gm) ?? []
    t.same(
      numbers.map(Number),
      Array.from({ length: 4000 }, (_, index) => index),
    )
    t.match(stdout, /^"written"$/m)
  })
}

t.test('what its own processes tell does not come into the middle of a large result, which a child writes when it ends', async (t) => {
  const { stdout, code } = await run('blocking.mjs', ['large', 'first', 'json'])
  t.match(stdout, /^true$/m)
  t.equal(code, 0)
})
