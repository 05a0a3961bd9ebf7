import '../posix-only.js'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Test } from 'tap'
import type { DoctorReport, Loss } from '../../lib/cli/doctor/report.js'
import { canWatch } from '../../lib/cli/doctor/watch.js'
import { type Observation, observe, permissionFlag, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const scratch = temporaryDirectory(t)
const cli = join(root, 'dist/cli.cjs')
const node = process.execPath
const home = join(scratch, 'home')
mkdirSync(home)
const bare = { PATH: process.env.PATH, HOME: home, TMPDIR: scratch }

const validate = new Ajv2020({ strict: true }).compile(JSON.parse(readFileSync(join(root, 'schemas/doctor.schema.json'), 'utf8')) as object)

function brood(args: readonly string[], env: Record<string, string> = {}): Promise<Observation> {
  return observe(node, [cli, ...args], { env: { ...bare, ...env }, cwd: scratch })
}

/** What it writes as data, which must be right by the schema. */
function readReport(t: Test, text: string): DoctorReport {
  const report = JSON.parse(text) as DoctorReport
  t.ok(validate(report), `by the schema: ${JSON.stringify(validate.errors)}`)
  return report
}

t.test('what wrapping needs here', async (t) => {
  const { stdout, stderr, code } = await brood(['doctor'])
  t.match({ stderr, code }, { stderr: '', code: 0 })
  for (const line of [
    /^✓ brood {9}\d+\.\d+\.\d+ on Node \d+\.\d+\.\d+, \w+ \w+$/m,
    /^✓ shim root {5}.*\/home \(home\)$/m,
    /^✓ store {9}.*\/home\/\.node-spawn-wrap-store\/[\da-f]{16}$/m,
    /^✓ temporary {5}/m,
    /^✓ wrapping {6}through NODE_OPTIONS alone\n✓ {15}through a shim alone\n✓ {15}through node by its name\n✓ {15}through node by its path/m,
    /^✓ {15}through sh, with NODE_OPTIONS replaced$/m,
    /^✓ node {10}v\d+\.\d+\.\d+ {2}\//m,
    /^✓ room {10}the environment takes \d+ kB/m,
    /^✓ NODE_OPTIONS {2}not set$/m,
    /^✓ left behind {3}nothing$/m,
    /\n\nWrapping works here\.\n$/,
  ]) {
    t.match(stdout, line)
  }
  t.notMatch(stdout, /\x1b/, 'no colour where nobody looks')
  t.match((await brood(['doctor'], { FORCE_COLOR: '1' })).stdout, /\x1b\[32m✓\x1b\[39m \x1b\[1mbrood\x1b\[22m/)
  const left = readdirSync(scratch, { recursive: true, encoding: 'utf8' }).filter((name) => /brood-trace|\.node-spawn-wrap-\d/.test(name))
  t.same(left, [], 'nothing is left behind')
})

t.test('what is not as it could be', async (t) => {
  const bin = join(scratch, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'node'), '#!/bin/sh\necho 16.20.2\n', { mode: 0o755 })
  // Left in a root that is not the one that is used now, by one that was killed.
  const killed = `require(${JSON.stringify(join(root, 'dist/index.cjs'))}).createContext({ shimRoot: ${JSON.stringify(scratch)} }); process.kill(process.pid, 'SIGKILL')`
  await observe(node, ['-e', killed], { env: bare })
  const env = { PATH: `${bin}:${bare.PATH}`, SPAWN_WRAP_SHIM_ROOT: '/dev/null/x', NODE_OPTIONS: '--max-http-header-size=20000' }
  const { stdout, code } = await brood(['doctor', '--json', '-'], env)
  const report = readReport(t, stdout)
  t.match({ code, works: report.works }, { code: 0, works: true })
  const warnings = report.checks.filter(({ status }) => status !== 'ok').map(({ name, detail, advice }) => `${name}: ${detail} → ${advice}`)
  t.match(warnings, [
    /^shim root: \/dev\/null\/x \(SPAWN_WRAP_SHIM_ROOT\): ENOTDIR.* → .*another place is taken/,
    /^node: v16\.20\.2 {2}.*\/bin\/node → It is too old and runs bare/,
    /^left behind: 1 stale directory, up to .* old → Remove what is left: brood clean$/,
  ])
  t.equal(warnings.length, 3, warnings.join('\n'))
  t.ok(report.checks.some(({ name, detail }) => name === 'NODE_OPTIONS' && detail.startsWith('--max-http-header-size, kept')))
  await brood(['clean'])
  t.match(await brood(['doctor'], { PATH: `${bin}:${bare.PATH}` }), { stdout: /\n\nWrapping works here\. 1 warning\.\n$/, code: 0 })
})

t.test('under brood itself', async (t) => {
  const { stdout, code } = await brood(['run', '--', node, cli, 'doctor'])
  t.match({ stdout, code }, { stdout: /\n\nWrapping works here\.\n$/, code: 0 })
})

t.test('where wrapping does not work, nothing is run', async (t) => {
  const env = { HOME: '/dev/null', TMPDIR: '/dev/null/tmp', XDG_CACHE_HOME: '/dev/null/cache' }
  const { stdout, code } = await brood(['doctor'], env)
  t.equal(code, 1)
  t.match(stdout, /^✗ shim root {5}\/dev\/null \(home\): it is not a directory$/m)
  t.match(stdout, /^ {16}→ Set SPAWN_WRAP_SHIM_ROOT to a directory of yours/m)
  t.match(stdout, /^✗ temporary {5}ENOTDIR/m)
  t.match(stdout, /\n\nWrapping does not work here: \d checks failed\.\n$/)
  const refused = await brood(['doctor', '--', 'sh', '-c', 'echo ran'], env)
  t.match(refused, { stderr: 'brood: sh was not run: wrapping does not work here.\n', code: 1 })
  t.notMatch(refused.stdout, /ran/)
})

t.test('a command that loses nothing', async (t) => {
  const program = 'require("child_process").execFileSync("sh", ["-c", "node -e 0; node --version"], { stdio: "inherit" })'
  const { stdout, stderr, code } = await brood(['doctor', '--', node, '-e', program])
  t.match({ stdout, code }, { stdout: `${process.version}\n`, code: 0 })
  t.match(stderr, /^✓ 2 Node processes of .*, all of them wrapped\n/)
  t.match(await brood(['doctor', 'true']), { stderr: /^! no Node process of true was seen\n/, code: 0 })
  t.match(await brood(['doctor', 'sh', '-c', 'exit 5']), { code: 5 })
  t.match(await brood(['doctor', 'sh', '-c', 'kill -TERM $$']), { code: null, signal: 'SIGTERM' })
  t.match(await brood(['doctor', 'no-such-program']), { stdout: '', stderr: 'brood: no-such-program: command not found\n', code: 127 })
  t.match(await brood(['doctor', scratch]), { stderr: `brood: ${scratch}: not executable\n`, code: 126 })
})

const perl = spawnSync('perl', ['-e', '']).status === 0 ? false : 'there is no perl'
const watching = canWatch() ? false : 'there is no /proc to watch processes in'
const isRoot = process.geteuid?.() === 0 ? false : 'only root may do that'

/** A node that runs until its standard input ends. */
const waiting = ['-e', 'process.stdin.resume()']

/**
 * Runs a command under the doctor, and ends its standard input when all of `awaited` were seen, by a mark among their arguments: however slow or
 * fast the machine is, nothing is missed.
 */
async function diagnosed(t: Test, command: readonly string[], awaited: readonly string[], expectedCode = 1): Promise<DoctorReport> {
  // What is said of decisions tells what was seen, too.
  const env = { ...bare, SPAWN_WRAP_DEBUG: '1' }
  const child = spawn(node, [cli, 'doctor', '--json', '-', '--', ...command], { env, cwd: scratch, stdio: 'pipe' })
  const missing = new Set(awaited)
  let said = ''
  let written = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
    for (const mark of missing) {
      const argv = JSON.stringify([...waiting, mark])
        .slice(1)
        .replace(/[.()[\]]/g, '\\$&')
      if (new RegExp(`argv: \\["[^"]*",${argv}\n`).test(said)) missing.delete(mark)
    }
    if (missing.size === 0) child.stdin.end()
  })
  t.teardown(() => child.kill('SIGKILL'))
  const code = await new Promise((resolve) => child.on('close', resolve))
  t.ok(code === expectedCode, `exit ${String(code)}: ${said.slice(-2000)}`)
  return readReport(t, written)
}

/** The arguments, quoted for Perl. */
const words = (...args: readonly string[]) => args.map((arg) => `q{${arg}}`).join(', ')

const other = join(scratch, 'other')
const copy = join(scratch, 'copy')

/** What a program that brood does not know does before it becomes node; and what is to be said of that. */
const ways: readonly {
  readonly mark: string
  readonly before: string
  readonly file?: string
  readonly argv0?: string
  readonly expected: readonly [reason: Loss['reason'], route: Loss['route']]
  readonly skip?: string | false
}[] = [
  { mark: 'emptied', before: '%ENV = ()', expected: ['environment-emptied', 'by-path'] },
  {
    mark: 'chosen',
    before: `%ENV = (PATH => q{${dirname(node)}}, HOME => q{/})`,
    file: 'node',
    expected: ['environment-emptied', 'shims-not-on-path'],
  },
  { mark: 'removed', before: 'delete $ENV{NODE_OPTIONS}', expected: ['node-options-removed', 'by-path'] },
  { mark: 'replaced', before: '$ENV{NODE_OPTIONS} = q{--no-warnings}', expected: ['node-options-replaced', 'by-path'] },
  { mark: 'renamed', before: '$ENV{NODE_OPTIONS} = q{}', argv0: 'node', expected: ['node-options-replaced', 'by-path'] },
  {
    mark: 'earlier',
    before: `delete $ENV{NODE_OPTIONS}; $ENV{PATH} = qq{${other}:$ENV{PATH}}`,
    file: 'node',
    expected: ['node-options-removed', 'shims-not-first'],
  },
  { mark: 'unnamed', before: '%ENV = ()', file: copy, expected: ['environment-emptied', 'by-path'] },
  { mark: 'setgid', before: '1', file: join(scratch, 'setgid/node'), expected: ['setuid', undefined], skip: isRoot },
  { mark: 'user', before: '%ENV = (); $( = $) = 65534; $< = $> = 65534', expected: ['other-user', undefined], skip: isRoot },
  // Its parent has ended, and it has nothing of brood's: it is known by its session, whose leader waits as it does.
  {
    mark: 'daemon',
    before: 'POSIX::setsid(); if (fork) { sysread(STDIN, $_, 1); exit } exit if fork; %ENV = ()',
    expected: ['environment-emptied', 'by-path'],
  },
]

t.test('by what it was lost', { skip: perl || watching, timeout: 120_000 }, async (t) => {
  mkdirSync(other)
  symlinkSync(node, join(other, 'node'))
  copyFileSync(node, copy)
  if (isRoot === false) {
    mkdirSync(join(scratch, 'setgid'))
    copyFileSync(node, join(scratch, 'setgid/node'))
    chownSync(join(scratch, 'setgid/node'), 0, 65534)
    chmodSync(join(scratch, 'setgid/node'), 0o2755)
    // The other user is to reach it.
    chmodSync(scratch, 0o755)
  }
  const tried = ways.filter(({ skip = false }) => skip === false)
  for (const { mark, skip } of ways) if (skip) t.pass(`${mark}: not tried, ${skip}`)
  const children = tried.map(({ mark, before, file = node, argv0 = file }) => {
    return `unless (fork) { ${before}; exec { q{${file}} } ${words(argv0, ...waiting, mark)}; die $! }`
  })
  const script = join(scratch, 'lose.pl')
  writeFileSync(script, `use POSIX;\n${children.join('\n')}\n1 while wait > 0;\n`)

  // The outermost is wrapped; Perl is not known; what that starts is lost.
  const program = `require('child_process').execFileSync('perl', [${JSON.stringify(script)}], { stdio: 'inherit' })`
  const { command } = await diagnosed(
    t,
    [node, '-e', program, '--', '--token=abcdef'],
    tried.map(({ mark }) => mark),
  )
  const losses = command?.losses ?? []
  t.match(command, { wrapped: 1, watched: true, exitCode: 0 })
  t.notMatch(JSON.stringify(command), 'abcdef', 'secrets are masked')
  for (const { mark, expected, file, argv0 } of tried) {
    const loss = losses.find((candidate) => candidate.command.at(-1) === mark)
    t.same(loss && [loss.reason, loss.route], expected, mark)
    t.same(loss?.command, [argv0 ?? file ?? node, ...waiting, mark])
    if (mark === 'daemon') continue
    t.match(
      loss?.ancestors,
      [
        { command: [node, '-e', program, '--', '--token=***'], wrapped: true },
        { command: ['perl', script], wrapped: false },
      ],
      `${mark}: what it came of`,
    )
    t.equal(loss?.ancestors.length, 2)
    if (expected[1] === undefined) t.equal(loss?.lostAt, undefined)
    else t.match(loss?.lostAt, { command: ['perl', script], wrapped: false }, `${mark}: where it was lost`)
  }
  t.equal(losses.length, tried.length)
})

t.test('where it was lost', { skip: perl || watching, timeout: 120_000 }, async (t) => {
  const script = join(scratch, 'lose.sh')
  // What the shell becomes, it is not seen to start.
  writeFileSync(script, `exec env -i ${node} ${waiting[0]} '${waiting[1]}' execed\n`)
  const execed = (await diagnosed(t, ['sh', script], ['execed'])).command?.losses ?? []
  t.match(execed, [{ reason: 'environment-emptied', route: 'by-path' }])
  t.equal(execed.length, 1)
  // Which of them was seen is a matter of time; it is one that had the variables.
  t.match(execed[0]?.lostAt?.command[0], /^(?:sh|env)$/)
  t.equal(execed[0]?.lostAt?.pid, execed[0]?.pid)

  const text = `unless (fork) { %ENV = (); exec { q{${node}} } ${words('node', ...waiting, 'deep')} } wait`
  const deep = (await diagnosed(t, ['sh', '-c', 'sh -c \'perl -e "$0"; :\' "$0"; :', text], ['deep'])).command?.losses ?? []
  t.match(deep, [{ lostAt: { command: ['perl', '-e', text] } }])
  t.same(
    deep[0]?.ancestors.map(({ command }) => command[0]),
    ['sh', 'sh', 'perl'],
  )
  t.same(
    deep[0]?.ancestors.map(({ wrapped }) => wrapped),
    [false, false, false],
  )
})

t.test('what brood itself leaves alone, however short it is', async (t) => {
  const program = `require("child_process").spawnSync(process.execPath, ["${permissionFlag}", "-e", "0"])`
  const { stdout, code } = await brood(['doctor', '--json', '-', '--', 'node', '-e', program])
  t.equal(code, 1)
  const { command } = readReport(t, stdout)
  t.match(command?.losses, [{ reason: 'permission-model', ancestors: [{ command: ['node', '-e', program], wrapped: true }] }])
  t.equal(command?.losses.length, 1)
  const failing = `${program}; process.exit(7)`
  t.match(await brood(['doctor', '--', 'node', '-e', failing]), {
    stderr: /^✗ 1 of 2 Node processes of node -e .* was not wrapped\n/,
    code: 7,
  })
})
