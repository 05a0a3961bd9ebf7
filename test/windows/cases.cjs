// Ways to start Node.js on Windows, each with how many processes of Node.js it starts.
const { exec, fork, spawn, spawnSync } = require('node:child_process')
const { join } = require('node:path')

const program = (name) => join(__dirname, 'programs', name)
const node = process.execPath
const args = ['a b', '', '"', 'a"b c', '%PATH%', '100%', '^&', 'x\\', 'x y\\', "it's", '(z)', 'ünï']
/** Those that reach a program through cmd.exe as they are, written between quotes. */
const plainArgs = '"a b" "" x\\ "it\'s" "(z)"'

const sync = (file, list, options) => {
  const { status, stdout, stderr, error } = spawnSync(file, list, { encoding: 'utf8', ...options })
  return { status, output: `${stdout ?? ''}${stderr ?? ''}`, error: error?.code }
}
const ended = (child) =>
  new Promise((resolve) => {
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', (error) => resolve({ status: null, output, error: error.code }))
    child.on('close', (status, signal) => resolve({ status, output, signal }))
  })
const cmd = (text, options) => sync('cmd', ['/d', '/s', '/c', `"${text}"`], { windowsVerbatimArguments: true, ...options })
const withoutNodeOptions = 'set NODE_OPTIONS=&& '

const say = `"${program('say.cjs')}"`
const exitWith = `"${program('exit-with.cjs')}"`

const cases = [
  { name: 'by execPath, with arguments of all sorts', processes: 1, run: () => sync(node, [program('say.cjs'), ...args]) },
  { name: 'by name, with arguments of all sorts', processes: 1, run: () => sync('node', [program('say.cjs'), ...args]) },
  { name: 'by name.exe, asynchronously', processes: 1, run: () => ended(spawn('node.exe', [program('say.cjs'), ...args])) },
  { name: 'cmd /d /s /c node', processes: 1, run: () => cmd(`node ${say} ${plainArgs}`) },
  { name: 'cmd /d /s /c node.exe, in brackets', processes: 1, run: () => cmd(`(node.exe ${say} x)`) },
  { name: 'shell: true', processes: 1, run: () => sync(`node ${say} ${plainArgs}`, [], { shell: true }) },
  { name: 'exec with &&', processes: 2, run: () => ended(exec(`node ${say} first && node ${say} second`)) },
  { name: 'exec with ||', processes: 2, run: () => ended(exec(`node ${exitWith} 3 || node ${say} second`)) },
  { name: 'exec through a pipe', processes: 1, run: () => ended(exec(`echo x| node ${say} piped`)) },
  ...[0, 3, 255].flatMap((status) => [
    { name: `exit code ${status}, by execPath`, processes: 1, run: () => sync(node, [program('exit-with.cjs'), String(status)]) },
    { name: `exit code ${status}, by cmd`, processes: 1, run: () => cmd(`node ${exitWith} ${status}`) },
    { name: `exit code ${status}, by a shim`, processes: 1, run: () => cmd(`${withoutNodeOptions}node ${exitWith} ${status}`) },
  ]),
  { name: 'NODE_OPTIONS cleared: a shim', processes: 1, run: () => cmd(`${withoutNodeOptions}node ${say} ${plainArgs}`) },
  {
    name: 'NODE_OPTIONS set in another case: a shim',
    processes: 1,
    run: () => cmd(`${withoutNodeOptions}set node_options=--no-warnings&& node ${say} x`),
  },
  { name: 'NODE_OPTIONS set: a shim', processes: 1, run: () => cmd(`set NODE_OPTIONS=--no-warnings&& node ${say} x`) },
  { name: 'NODE_OPTIONS cleared, by exec: a shim', processes: 1, run: () => ended(exec(`${withoutNodeOptions}node ${say} x`)) },
  { name: 'a shim in a shim', processes: 2, run: () => cmd(`${withoutNodeOptions}node "${program('nested.cjs')}" 1`) },
  {
    name: 'an environment without NODE_OPTIONS',
    processes: 1,
    run: () => sync(node, [program('say.cjs')], { env: { Path: process.env.Path } }),
  },
  { name: 'an empty environment', processes: 1, run: () => sync(node, [program('say.cjs')], { env: {} }) },
  {
    name: 'a NODE_OPTIONS of the user, with blanks in a path',
    processes: 1,
    run: () =>
      sync(node, [program('say.cjs')], {
        env: { ...process.env, NODE_OPTIONS: `--require "${program('pre load.cjs').replaceAll('\\', '\\\\')}"` },
      }),
  },
  {
    name: 'node_options in another case',
    processes: 1,
    run: () => sync(node, [program('say.cjs')], { env: { ...process.env, node_options: '--no-warnings' } }),
  },
  {
    name: 'PATH in another case',
    processes: 1,
    run: () =>
      sync('cmd', ['/d', '/s', '/c', `"node ${say}"`], {
        windowsVerbatimArguments: true,
        env: { PATH: process.env.Path, SystemRoot: process.env.SystemRoot },
      }),
  },
  { name: 'fork, with its channel', processes: 1, run: () => talk(fork(program('ipc.cjs'), [], { silent: true })) },
  { name: 'nested children, by name and by execPath', processes: 4, run: () => sync('node', [program('nested.cjs'), '3']) },
  { name: 'a child that is killed', processes: 0, run: () => killed() },
  { name: 'a batch file', processes: 2, run: () => cmd(`"${program('batch.cmd')}"`) },
  { name: 'a program that is not there', processes: 0, run: () => sync('there-is-no-such-program', []) },
  { name: 'node -p', processes: 0, run: () => sync('node', ['-p', 'process.env.NODE_OPTIONS + process.execArgv']) },
]

/** With a flag of V8, which only a command line can carry. */
const flaggedCases = [
  { name: 'a flag for every child, by name', processes: 1, run: () => sync('node', [program('say.cjs'), 'x']) },
  { name: 'a flag for every child, by cmd', processes: 1, run: () => cmd(`node ${say} x`) },
  { name: 'a flag for every child, by exec', processes: 1, run: () => ended(exec(`node ${say} x`)) },
]

/** Exchanges messages with a child and waits for its end. */
function talk(child) {
  const end = ended(child)
  const messages = []
  child.on('message', (message) => messages.push(message))
  child.send({ a: [1, 'two'] })
  return end.then((seen) => ({ ...seen, messages }))
}

/** Kills a child when it says that it runs; by then the wrapper has said its word, which is left out. */
function killed() {
  const child = spawn(node, [program('waits.cjs')])
  return new Promise((resolve) => {
    let output = ''
    child.stdout.on('data', (text) => {
      output += text
      if (output.includes('waiting')) child.kill()
    })
    child.on('close', (status, signal) => resolve({ status, signal, output: output.replace(/caught\r?\n/, '') }))
  })
}

module.exports = { cases, flaggedCases }
