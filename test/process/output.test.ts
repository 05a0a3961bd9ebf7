// What children write: where it goes, in which order, and byte for byte.
import '../posix-only.js'
import { formatGrouped, formatJson } from '../../lib/process/output-format.js'
import { WholeLines } from '../../lib/process/whole-lines.js'
import t from '../tap.js'
import { MiB, run } from './programs.js'

const pid = '0123456789abcdef0123456789abcdef'

t.test('whole lines, however they are cut', (t) => {
  const cases: readonly (readonly [pieces: readonly string[], passed: readonly string[]])[] = [
    [['a\n'], ['a\n']],
    [
      ['a', 'b\nc'],
      ['ab\n', 'c'],
    ],
    [
      ['a\nb\nc', 'd\n\n'],
      ['a\nb\n', 'cd\n\n'],
    ],
    [['', 'a', ''], ['a']],
    [[], []],
  ]
  for (const [pieces, expected] of cases) {
    const passed: string[] = []
    const lines = new WholeLines((bytes) => passed.push(Buffer.from(bytes).toString()))
    for (const piece of pieces) lines.push(Buffer.from(piece))
    lines.flush()
    lines.flush()
    t.same(passed, expected, JSON.stringify(pieces))
  }
  const lengths: number[] = []
  const lines = new WholeLines(({ length }) => lengths.push(length))
  for (let index = 0; index < 5; index++) lines.push(Buffer.alloc(MiB / 2))
  lines.flush()
  t.same(lengths, [MiB, MiB, MiB / 2], 'a line that never ends does not fill the memory')
  t.end()
})

t.test('how it is shown', (t) => {
  const grouped: readonly (readonly [bytes: string, shown: string])[] = [
    ['a\n', '0123456: a\n'],
    ['a\n\nb', '0123456: a\n0123456: \n0123456: b\n'],
    ['\xff\0\r\n', '0123456: \xff\0\r\n'],
  ]
  for (const [bytes, shown] of grouped) t.equal(formatGrouped(pid, Buffer.from(bytes, 'latin1')).toString('latin1'), shown)
  const shown = (bytes: Buffer) => JSON.parse(formatJson({ type: 'output', pid, stream: 'stdout', bytes })) as unknown
  t.same(shown(Buffer.from('ä\n')), { type: 'output', pid, stream: 'stdout', text: 'ä\n' })
  t.same(shown(Buffer.from([0xff, 10])), { type: 'output', pid, stream: 'stdout', base64: '/wo=' })
  t.match(formatJson({ type: 'exit', pid, exitCode: 0, signal: null }), /^\{.*\}\n$/)
  t.end()
})

const show = (configuration: object, task: string, ...args: unknown[]) =>
  run('show-output.mjs', [JSON.stringify(configuration), task, JSON.stringify(args)])

t.test('as it comes', async (t) => {
  const { stdout, stderr } = await show({}, 'write', ['stdout', 'to stdout'], ['stderr', 'one\n'], ['stderr', 'two'])
  t.equal(stdout, 'to stdout')
  t.match(stderr, /^before\none\ntwoanswered by \w{7}\n$/, 'what it has written comes before its answer')
  const inherited = await show({ captureErrors: false }, 'write', ['stderr', 'one\n'])
  t.match(inherited.stderr, /^before\none\nanswered/)
})

t.test('by lines, behind the pid', async (t) => {
  const { stdout, stderr } = await show(
    { output: 'grouped' },
    'write',
    ['stdout', 'one\ntw'],
    ['stdout', 'o\n\nthree'],
    ['stderr', 'four\n'],
  )
  const [, own] = /answered by (\w{7})/.exec(stderr) ?? []
  t.equal(stdout, `${own}: one\n${own}: two\n${own}: \n${own}: three\n`)
  t.equal(stderr, `before\n${own}: four\nanswered by ${own}\n`)
  const unended = await show({ output: 'grouped' }, 'write', ['stderr', 'five'])
  t.match(unended.stderr, /^before\n(\w{7}): five\nanswered by \1\n$/, 'a line that has not ended comes before the answer, too')
  const nested = await show({ output: 'grouped' }, 'writeInGrandchild', ['stdout', 'inner\n'])
  const lines = nested.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(': '))
  t.same(
    lines.map(([, line]) => line),
    ['inner', 'after'],
  )
  t.not(lines[0]?.[0], lines[1]?.[0], 'each its own')
  const alternating = await show({ output: 'grouped' }, 'alternate', 1000)
  const numbers = (text: string) => text.split('\n').flatMap((line) => /: (\d+)$/.exec(line)?.[1] ?? [])
  t.same(
    numbers(alternating.stdout),
    Array.from({ length: 500 }, (_, index) => String(2 * index)),
  )
  t.same(
    numbers(alternating.stderr),
    Array.from({ length: 500 }, (_, index) => String(2 * index + 1)),
  )
})

t.test('as lines of JSON', async (t) => {
  const { stdout } = await show({ output: 'json' }, 'writeInGrandchild', ['stdout', 'ä\n'], ['stderr', { base64: '/wo=' }])
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const [outer, inner] = events.filter(({ type }) => type === 'spawn')
  t.match(outer, { pid: /^[0-9a-f]{32}$/, parent: /^[0-9a-f]{32}$/, osPid: Number })
  t.equal(inner?.parent, outer?.pid)
  // In which order two processes are heard is not promised.
  const order = ({ stream, pid }: Record<string, unknown>) => `${String(stream)} ${pid === outer?.pid ? 2 : 1}`
  t.same(
    events.filter(({ type }) => type === 'output').sort((a, b) => (order(a) < order(b) ? -1 : 1)),
    [
      { type: 'output', pid: inner?.pid, stream: 'stderr', base64: '/wo=' },
      { type: 'output', pid: inner?.pid, stream: 'stdout', text: 'ä\n' },
      { type: 'output', pid: outer?.pid, stream: 'stdout', text: 'after\n' },
    ],
  )
  t.same(events.at(-1), { type: 'exit', pid: outer?.pid, exitCode: 0, signal: null })
})

t.test('byte for byte', async (t) => {
  const length = 3 * MiB + 7
  const { stdout } = await show({ output: 'json' }, 'bytes', length)
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>)
  const parts = events.flatMap(({ type, base64, text }) =>
    type === 'output' ? Buffer.from(base64 ?? text ?? '', base64 === undefined ? 'utf8' : 'base64') : [],
  )
  const all = Buffer.concat(parts)
  t.equal(all.length, length)
  t.ok(all.every((byte, index) => byte === index % 256))
})

t.test('who may outlive its parent writes for itself', async (t) => {
  for (const output of ['inherit', 'grouped', 'json']) {
    const args = [JSON.stringify({ output }), 'write', JSON.stringify([['stderr', 'on its own\n']]), JSON.stringify({ detached: true })]
    const { stderr } = await run('show-output.mjs', args)
    t.match(stderr, /^before\non its own\nanswered/)
  }
})

t.test('many at once', async (t) => {
  const { stderr, code } = await run('many-relayed.mjs')
  t.same(
    stderr.trimEnd().split('\n').sort(),
    Array.from({ length: 20 }, (_, index) => `line ${index}`).sort(),
    'no line is torn, nothing else is said',
  )
  t.equal(code, 0)
})
