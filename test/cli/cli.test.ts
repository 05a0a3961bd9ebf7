import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fixture, type Observation, observe, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const scratch = temporaryDirectory(t)
const cli = join(root, 'dist/cli.cjs')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

function brood(
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string; input?: string } = {},
): Promise<Observation> {
  const env = { PATH: process.env.PATH, HOME: scratch, TMPDIR: scratch, ...options.env }
  return observe(process.execPath, [cli, ...args], { ...options, env })
}

t.afterEach(() => {
  const left = readdirSync(scratch).filter((name) => /^brood-trace|^\.node-spawn-wrap-\d/.test(name))
  t.same(left, [], 'nothing is left behind')
})

t.test('what is asked', async (t) => {
  t.match(await brood(['--version']), { stdout: `${version}\n`, stderr: '', code: 0 })
  for (const args of [['--help'], ['help'], ['-h']])
    t.match(await brood(args), { stdout: /^brood .*\n\nUsage: brood <command>/, stderr: '', code: 0 })
  for (const command of ['run', 'tree', 'doctor', 'clean']) {
    const { stdout, code } = await brood([command, '--help'])
    t.equal(code, 0)
    t.match(stdout, new RegExp(`^brood ${command}: .*\\n\\nUsage: brood ${command} `))
    t.match(stdout, /Examples:\n {2}brood /)
    t.ok(stdout.split('\n').length <= 30, 'the help fits a screen')
    t.ok(stdout.split('\n').every((line) => line.length <= 120))
    t.equal((await brood(['help', command])).stdout, stdout)
  }
})

const misspelt: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [[], /There is no command\./],
  [['tere'], /no command tere\. Is it tree\?/],
  [['docter'], /no command docter\. Is it doctor\?/],
  [['doctor', '--josn', 'x', '--', 'touch', 'made'], /no option --josn\. Is it --json\?/],
  [['rnu', '--', 'x'], /no command rnu\. Is it run\?/],
  [['something'], /no command something\.\n/],
  [['--vresion'], /no option --vresion\./],
  [['tree', '--htlm', 'x', '--', 'touch', 'made'], /no option --htlm\. Is it --html\?/],
  [['run', '--reqiure=x', 'touch', 'made'], /no option --reqiure\. Is it --require\?/],
  [['run', '-x', 'touch', 'made'], /no option -x\./],
  [['tree', '--html'], /--html needs a value: --html FILE\./],
  [['tree', '--html', '--', 'touch', 'made'], /--html needs a value/],
  [['tree', '--quiet=yes', 'touch', 'made'], /--quiet takes no value\./],
  [['run'], /no command to run/],
  [['run', '--env', 'NAME', 'touch', 'made'], /--env takes NAME=VALUE, and got NAME\./],
  [['run', '--main-arg', 'x', 'touch', 'made'], /--main FILE/],
  [['run', '--replace', 'git', 'touch', 'made'], /--replace takes NAME=FILE, and got git\./],
  [['run', '--replace', '=x', 'touch', 'made'], /--replace takes NAME=FILE, and got =x\./],
  [['tree', '--replace', 'node=x', 'touch', 'made'], /--replace: "node" in replace cannot be replaced/],
  [['run', '--replace', '/usr/bin/git=x', 'touch', 'made'], /is no name of a program/],
  [['run', '--replace', 'touch=no-such-mock.cjs', 'touch', 'made'], /"no-such-mock\.cjs", to run in place of touch, does not exist/],
  [['run', '--replace=touch=a', '--replace=touch=b', 'touch', 'made'], /--replace names touch twice/],
  [['clean', 'x'], /clean takes no arguments/],
]

t.test('what is not understood ends with 2, and runs nothing', async (t) => {
  for (const [args, message] of misspelt) {
    const { stdout, stderr, code } = await brood(args, { cwd: scratch })
    t.match({ stdout, stderr, code }, { stdout: '', stderr: message, code: 2 }, `brood ${args.join(' ')}`)
    t.match(stderr, /^brood: .*\nTry brood --help\.\n$/)
  }
  t.notOk(existsSync(join(scratch, 'made')))
})

t.test('a command that cannot be started', async (t) => {
  const plain = join(scratch, 'plain')
  writeFileSync(plain, 'no program')
  for (const command of ['run', 'tree']) {
    t.match(await brood([command, 'no-such-program']), { stdout: '', stderr: 'brood: no-such-program: command not found\n', code: 127 })
    t.match(await brood([command, './no/such']), { stderr: 'brood: ./no/such: command not found\n', code: 127 })
    t.match(await brood([command, plain]), { stderr: `brood: ${plain}: not executable\n`, code: 126 })
    t.match(await brood([command, scratch]), { stderr: `brood: ${scratch}: not executable\n`, code: 126 })
    t.match(await brood([command, 'plain'], { env: { PATH: scratch } }), { code: 126 })
  }
  t.match(await brood(['run', '--require', './no-such-module.cjs', 'true']), { stderr: /ERR_BROOD_PRELOAD_NOT_FOUND/, code: 1 })
})

t.test('run: the command is in the foreground', async (t) => {
  const node = process.execPath
  const cases: readonly (readonly [args: readonly string[], expected: Partial<Observation>])[] = [
    [['run', node, '-p', '40 + 2'], { stdout: '42\n', stderr: '', code: 0 }],
    [['run', '--', node, '-e', 'process.exit(7)'], { stdout: '', stderr: '', code: 7 }],
    [['run', 'sh', '-c', 'exit 9'], { code: 9 }],
    [['run', node, '-e', 'process.kill(process.pid, "SIGTERM")'], { code: null, signal: 'SIGTERM' }],
    [
      ['run', node, fixture('programs/argv.cjs'), '--help', '--', '-e'],
      { stdout: /"argv":\[[^\]]*"--help","--","-e"\]/ as unknown as string },
    ],
    [['run', '-e', 'A=1', '--env=B=x=y', node, '-p', '[process.env.A, process.env.B]'], { stdout: "[ '1', 'x=y' ]\n" }],
    [
      [
        'run',
        '-m',
        fixture('wrappers/say-and-run.cjs'),
        '--main-arg',
        'first',
        'sh',
        '-c',
        `${node} ${fixture('programs/exit-with.cjs')} 3`,
      ],
      { stdout: 'first\n', code: 3 },
    ],
    [['run', '-r', fixture('wrappers/nothing.cjs'), '-i', fixture('wrappers/nothing.mjs'), node, '-p', '1'], { stdout: '1\n' }],
  ]
  for (const [args, expected] of cases) t.match(await brood(args), expected, args.join(' '))
  t.match(await brood(['run', node, fixture('programs/echo-stdin.cjs')], { input: 'through' }), { stdout: /through/, code: 0 })
  // It keeps its files for a look at them.
  const env = { HOME: temporaryDirectory(t) }
  t.match(await brood(['run', '--debug', node, '-p', '1'], { env }), { stdout: '1\n', stderr: /^SW \d+: / })
})

t.test('tree: who started what', async (t) => {
  const program = 'require("child_process").execFileSync("node", ["-e", "0"]); process.exit(3)'
  const files = { html: join(scratch, 'tree.html'), json: join(scratch, 'tree.json'), trace: join(scratch, 'trace.json') }
  const { stdout, stderr, code } = await brood([
    'tree',
    '--html',
    files.html,
    '--json',
    files.json,
    '--trace',
    files.trace,
    'node',
    '-e',
    program,
  ])
  t.match({ stdout, code }, { stdout: '', code: 3 })
  const lines = stderr.split('\n')
  t.match(lines[0], /^ +wall +cpu +memory$/)
  t.match(lines[1], /^▸✗ node -e .* exit 3$/)
  t.match(lines[2], /^└─ ▸ node -e 0 /)
  t.match(stderr, /\n\n2 processes \(2 Node\) · 2 deep · .* wall · .* cpu · .* in Node's start-up\n✗ 1 process failed\n$/)
  t.notMatch(stderr, /\x1b/, 'no colour where nobody looks')
  const data = JSON.parse(readFileSync(files.json, 'utf8')) as {
    format: string
    version: number
    roots: { command: string[]; children: unknown[] }[]
  }
  t.match(data, {
    format: 'brood-tree',
    version: 1,
    roots: [{ command: ['node', '-e', program], exitCode: 3, failed: true, children: [{ exitCode: 0 }] }],
  })
  t.ok((JSON.parse(readFileSync(files.trace, 'utf8')) as { traceEvents: unknown[] }).traceEvents.length >= 8)
  t.match(readFileSync(files.html, 'utf8'), /^<!doctype html>/i)

  t.match((await brood(['tree', 'node', '-e', '0'], { env: { FORCE_COLOR: '1' } })).stderr, /\x1b\[33m▸ node/)
  t.notMatch((await brood(['tree', 'node', '-e', '0'], { env: { FORCE_COLOR: '0' } })).stderr, /\x1b/)
  const quiet = await brood(['tree', '--quiet', '--json', files.json, 'node', '-p', '1'])
  t.match(quiet, { stdout: '1\n', stderr: '', code: 0 })
  const piped = await brood(['tree', '--quiet', '--json', '-', 'node', '-e', '0'])
  t.match(JSON.parse(piped.stdout), { format: 'brood-tree', roots: [{ command: ['node', '-e', '0'] }] }, '- is standard output')
  t.match(await brood(['tree', '--json', join(scratch, 'no/such/directory/x'), 'node', '-e', 'process.exit(4)']), {
    stderr: /brood: ENOENT/,
    code: 4,
  })
})

t.test('--replace: mocks in place of programs, which need not be there', async (t) => {
  const mock = fixture('programs/mock.cjs')
  const said = (...args: string[]) => `${JSON.stringify({ args, replaced: '', seen: [] })}\n`
  const replace = ['--replace', `no-such-tool=${mock}`, `--replace=other-tool=${relative(scratch, mock)}`]
  const commands: readonly (readonly [command: readonly string[], expected: Partial<Observation>])[] = [
    [['no-such-tool', 'a b'], { stdout: said('a b'), stderr: '', code: 0 }],
    [['no-such-tool', 'exit', '7'], { code: 7 }],
    [['no-such-tool', 'die', 'SIGTERM'], { code: null, signal: 'SIGTERM' }],
    [['sh', '-c', 'no-such-tool 1; other-tool 2'], { stdout: said('1') + said('2') }],
    [['node', '-e', 'child_process.spawnSync("other-tool", ["x"], { stdio: "inherit" })'], { stdout: said('x') }],
  ]
  for (const [command, expected] of commands)
    t.match(await brood(['run', ...replace, '--', ...command], { cwd: scratch }), expected, command.join(' '))
  const { stderr } = await brood(['tree', ...replace, '--', 'node', '-e', 'child_process.spawnSync("other-tool", ["x"])'], { cwd: scratch })
  t.match(stderr, /└─ ▸ other-tool x \(mock\) /)
})

t.test('tree: secrets are masked unless --raw', async (t) => {
  const command = ['node', '-e', '0', '--token=abcdef']
  t.match((await brood(['tree', ...command])).stderr, /--token=\*\*\*/)
  t.match((await brood(['tree', '--raw', ...command])).stderr, /--token=abcdef/)
})

t.test('clean: what was left behind', async (t) => {
  const shimRoot = join(scratch, 'roots')
  mkdirSync(shimRoot)
  const nothing = await brood(['clean', '--shim-root', shimRoot])
  t.match(nothing, { stdout: 'Nothing was left behind.\n', code: 0 })
  // A root that is killed leaves its directory.
  const killed = `require(${JSON.stringify(join(root, 'dist/index.cjs'))}).createContext({ shimRoot: ${JSON.stringify(shimRoot)} }); process.kill(process.pid, 'SIGKILL')`
  await observe(process.execPath, ['-e', killed])
  const left = readdirSync(shimRoot).find((name) => /^\.node-spawn-wrap-\d/.test(name))
  t.ok(left !== undefined)
  t.match(await brood(['clean', '--dry-run', '--shim-root', shimRoot]), {
    stdout: new RegExp(`/${left} +\\S+ m?s old, stale\\n$`),
    code: 0,
  })
  t.ok(existsSync(join(shimRoot, String(left))), 'a dry run removes nothing')
  t.match(await brood(['clean', '--shim-root', shimRoot]), { stdout: /old, removed\n$/, code: 0 })
  t.notOk(existsSync(join(shimRoot, String(left))))
  chmodSync(shimRoot, 0o755)
})
