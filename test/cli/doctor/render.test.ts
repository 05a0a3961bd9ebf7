import { renderReport } from '../../../lib/cli/doctor/render.js'
import type { CommandReport, DoctorReport, Loss } from '../../../lib/cli/doctor/report.js'
import t from '../../tap.js'

const plain = { width: 100, color: false }

const report = (command: Partial<CommandReport>): DoctorReport => ({
  format: 'brood-doctor',
  version: 1,
  brood: '1.0.0',
  platform: 'linux x64',
  works: true,
  checks: [
    { name: 'store', status: 'ok', detail: '/home', advice: undefined },
    { name: 'node', status: 'warning', detail: 'v16.0.0  /bin/node', advice: 'It is too old.' },
  ],
  command: { command: ['npm', 'test'], exitCode: 0, signal: undefined, watched: true, wrapped: 3, losses: [], ...command },
})

const python = { pid: 12, command: ['/usr/bin/python3', 'build.py'], wrapped: false }
const loss: Loss = {
  pid: 42,
  command: ['/usr/bin/node', 'x.js'],
  executable: '/usr/bin/node',
  nodeVersion: '20.20.2',
  reason: 'node-options-replaced',
  route: 'by-path',
  lostAt: python,
  ancestors: [{ pid: 11, command: ['npm', 'test'], wrapped: true }, python],
}

t.test('a command', (t) => {
  t.equal(
    renderReport(report({}), plain),
    '! node  v16.0.0  /bin/node\n        → It is too old.\n✓ 3 Node processes of npm test, all of them wrapped\n',
  )
  t.match(renderReport(report({ wrapped: 1 }), plain), /\n✓ 1 Node process of npm test, and it was wrapped\n$/)
  t.match(renderReport(report({ watched: false }), plain), /there is no \/proc/)
  const text = renderReport(report({ losses: [loss, { ...loss, pid: 43, command: ['/usr/bin/node', 'y.js'] }] }), plain)
  t.equal(
    text.split('\n').slice(2).join('\n'),
    `✗ 2 of 5 Node processes of npm test were not wrapped

  NODE_OPTIONS was replaced, and node was started by its path, past the shims
    npm test  pid 11
    └─ python3 build.py  ✗ lost here  pid 12
       └─ /usr/bin/node x.js  pid 42, and 1 more like it
  → Have \`python3 build.py\` add to NODE_OPTIONS what it got there, or start node by its name.

All that escapes is listed in the README: "What can still be seen, and what escapes".
`,
  )
  t.end()
})

t.test('a long way, and a narrow terminal', (t) => {
  const ancestors = Array.from({ length: 12 }, (_, index) => ({
    pid: index,
    command: ['sh', '-c', `step ${index} ${'x'.repeat(200)}`],
    wrapped: false,
  }))
  const text = renderReport(report({ losses: [{ ...loss, ancestors }] }), { ...plain, width: 80 })
  t.match(text, /step 0 .*\n +└─ …\n +└─ sh -c 'step 8 /)
  t.equal(text.match(/└─/g)?.length, 6)
  for (const line of text.split('\n').filter((each) => each.includes('pid'))) t.ok(line.length <= 80, line)
  t.end()
})

t.test('every reason is explained, and something can be done', (t) => {
  const reasons: readonly Loss['reason'][] = [
    'environment-emptied',
    'node-options-removed',
    'node-options-replaced',
    'node-too-old',
    'setuid',
    'other-user',
    'other-root',
    'permission-model',
    'build-snapshot',
    'left-alone',
    'files-gone',
    'unknown',
  ]
  const texts = reasons.flatMap((reason) =>
    [undefined, 'by-path' as const, 'shims-not-on-path' as const, 'shims-not-first' as const].map((route) =>
      renderReport(report({ losses: [{ ...loss, reason, route, lostAt: undefined, ancestors: [] }] }), plain),
    ),
  )
  t.equal(new Set(texts).size, texts.length)
  for (const text of texts) {
    t.match(text, /\n {2}→ .*\.\n/)
    t.notMatch(text, /undefined/)
  }
  const colored = renderReport(report({ losses: [loss] }), { ...plain, color: true })
  t.match(colored, /\x1b\[31m✗ lost here\x1b\[39m/)
  t.equal(colored.replaceAll(/\x1b\[\d+m/g, ''), renderReport(report({ losses: [loss] }), plain))
  t.end()
})
