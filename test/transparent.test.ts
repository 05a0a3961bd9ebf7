import './posix-only.js'
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Context, createContext } from 'brood'
import { atOnce, fixture, isNight, type Observation, observe, permissionFlag, root, temporaryDirectory } from './support.js'
import t from './tap.js'

/** A small program, run bare and wrapped; its parent and its own output must see no difference. */
interface Program {
  readonly name: string
  readonly flags?: readonly string[]
  /** In fixtures/programs, or absolute. */
  readonly file?: string
  readonly args?: readonly string[]
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly command?: string
  /** Contexts under which Node itself behaves otherwise, and why. */
  readonly except?: Readonly<Record<string, string>>
}

const scratch = temporaryDirectory(t)
const odd = join(scratch, `odd 'dir' "x" $(y) \`z\` ü`)
mkdirSync(odd)
cpSync(fixture('programs/argv.cjs'), join(odd, `main with 'quotes' "and" $(touch x) \`y\` ünï.cjs`))
cpSync(fixture('scripts/env-node'), join(odd, 'script with space'))
symlinkSync(process.execPath, join(scratch, 'renamed-node'))

const signals = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGKILL', 'SIGSEGV', 'SIGUSR2', 'SIGALRM'] as const

const bareMain = 'no wrapper main'
const commonjs = 'a CommonJS wrapper main'
const inPromise = 'a wrapper main that hands over in a promise'
const asModule = 'an ES module wrapper main'

const withWrapperMain = (reason: string) => ({ [commonjs]: reason, [inPromise]: reason, [asModule]: reason })
const numbersDiffer = 'Node has counted the promises and files of the wrapper main'

const programs: readonly Program[] = [
  { name: 'argv, argv0, execArgv, execPath and title', file: 'argv.cjs', args: ['a b', '', '--flag', '-e', 'ü'] },
  { name: 'flags before the main', flags: ['--no-warnings', '--title', 'my title', '-C', 'dev'], file: 'argv.cjs' },
  { name: 'the environment, in its order', file: 'env.cjs', env: { A: '1', 'odd-name': '2', 'a.b': '3', EMPTY: '' } },
  { name: 'NODE_OPTIONS of its own', file: 'env.cjs', env: { NODE_OPTIONS: '--no-warnings  --title="a b" ' } },
  { name: 'an empty NODE_OPTIONS', file: 'env.cjs', env: { NODE_OPTIONS: '' } },
  { name: 'NODE_OPTIONS from an --env-file', flags: ['--env-file', fixture('programs/dot.env')], file: 'env.cjs' },
  { name: 'children with an --env-file', file: 'env-file.cjs' },
  { name: 'SPAWN_WRAP variables of its own', file: 'env.cjs', env: { SPAWN_WRAP_SHIM_ROOT: scratch, SPAWN_WRAP_DEBUG: '0' } },
  { name: 'globals and the module loader', file: 'globals.cjs' },
  { name: 'loaded modules', file: 'modules.cjs' },
  { name: 'an ES module', file: 'module.mjs', args: ['x'] },
  { name: 'a main without extension', file: 'extensionless', args: ['x'] },
  { name: 'a main named without its extension', file: 'argv', args: ['x'] },
  { name: 'a main by symbolic link', file: 'symlink.cjs', args: ['x'] },
  { name: 'a main by symbolic link, preserved', flags: ['--preserve-symlinks-main'], file: 'modules.cjs' },
  { name: 'listeners', file: 'listeners.cjs' },
  { name: 'stdin', file: 'echo-stdin.cjs', input: 'line\nlast' },
  { name: 'exit events and exitCode', file: 'exit-code.cjs' },
  { name: 'a thrown error', file: 'throw-error.cjs' },
  { name: 'a thrown value', file: 'throw-value.cjs' },
  { name: 'an error thrown later', file: 'throw-later.cjs' },
  { name: 'an error thrown by an ES module', file: 'throw-error.mjs' },
  { name: 'a rejected promise', file: 'reject.cjs' },
  { name: 'an uncaughtException handler', file: 'uncaught-handler.cjs' },
  { name: 'a syntax error', file: 'syntax-error.cjs' },
  { name: 'a syntax error in an ES module', file: 'syntax-error.mjs' },
  { name: 'a missing module', file: 'missing-import.cjs' },
  { name: 'a missing ES module', file: 'missing-import.mjs' },
  { name: 'a missing main', file: 'there-is-no-such-main.cjs' },
  { name: 'a top-level await that never settles', file: 'unsettled.mjs' },
  { name: 'abort', file: 'abort.cjs' },
  { name: 'stack traces', file: 'stack.cjs' },
  { name: 'stack traces with source maps on', flags: ['--enable-source-maps'], file: 'throw-error.cjs' },
  { name: 'what a spawned child says of itself', file: 'spawned.cjs' },
  { name: 'errors of spawning', file: 'errors.cjs' },
  { name: 'frozen and unusual options', file: 'frozen.cjs' },
  { name: 'timeouts, AbortSignal and maxBuffer', file: 'timeout.cjs' },
  {
    name: 'IPC, json and advanced',
    file: 'ipc.cjs',
    except: {
      [asModule]:
        'Node fails where a message came before the main was loaded and its listener disconnects (kPendingMessages of null), as bare ES modules show',
    },
  },
  { name: 'extra descriptors', file: 'descriptors.cjs' },
  { name: 'text for a shell', file: 'shell-text.cjs' },
  { name: 'eval, print, stdin, REPL, check, bad options', file: 'eval-children.cjs' },
  { name: "children's NODE_OPTIONS", file: 'user-node-options.cjs' },
  { name: 'fork with inherited execArgv', flags: ['--no-warnings', '--max-http-header-size=9000'], file: 'fork-exec-argv.cjs' },
  { name: 'children with a cleared environment', file: 'cleared-environment.cjs' },
  { name: 'cluster', file: 'cluster.cjs' },
  { name: 'Workers', file: 'worker.cjs' },
  { name: 'what Workers see', flags: ['--no-deprecation'], file: 'worker-view.cjs' },
  { name: 'what Workers see, with NODE_OPTIONS', file: 'worker-view.cjs', env: { NODE_OPTIONS: '--no-deprecation --conditions=dev' } },
  { name: 'the class of Workers', file: 'worker-identity.mjs' },
  { name: 'errors of making Workers', file: 'worker-errors.cjs' },
  { name: 'what process.execve refuses', flags: ['--no-warnings'], file: 'execve-refused.cjs' },
  { name: 'module hooks in a thread of their own', flags: ['--no-deprecation'], file: 'module-hooks.cjs' },
  { name: 'one pid from shell to node', file: 'same-pid.cjs' },
  { name: 'signals from the parent', file: 'parent-kills.cjs' },
  { name: 'scripts by their first line', file: 'shebang.cjs' },
  { name: 'paths and arguments with quotes, blanks, $() and newlines', file: 'odd-names.cjs', args: [odd] },
  {
    name: '--import of its own',
    flags: ['--import', `data:text/javascript,console.log(process.argv)`],
    file: 'own-import.mjs',
    args: ['a'],
  },
  { name: '--import of its own before CommonJS', flags: ['--import', fixture('wrappers/nothing.mjs')], file: 'modules.cjs' },
  { name: '--require of its own', flags: ['--require', fixture('programs/modules.cjs')], file: 'argv.cjs' },
  { name: '--pending-deprecation', flags: ['--pending-deprecation'], file: 'deprecations.cjs' },
  { name: 'the permission model', flags: [permissionFlag, `--allow-fs-read=${root}/fixtures/*`], file: 'argv.cjs' },
  { name: 'children under the permission model', file: 'permissions.cjs' },
  { name: 'names a shell drops, and a large one', file: 'fragile.cjs' },
  { name: '--throw-deprecation', flags: ['--throw-deprecation'], file: 'argv.cjs' },
  { name: '--throw-deprecation with pending ones', flags: ['--throw-deprecation', '--pending-deprecation'], file: 'argv.cjs' },
  { name: '--trace-warnings', flags: ['--trace-warnings'], file: 'argv.cjs' },
  { name: '--frozen-intrinsics', flags: ['--frozen-intrinsics'], file: 'intrinsics.cjs' },
  { name: '--disable-proto=delete', flags: ['--disable-proto=delete'], file: 'intrinsics.cjs' },
  { name: '--frozen-intrinsics, and an ES module', flags: ['--frozen-intrinsics'], file: 'order.mjs' },
  { name: '--disable-proto=throw', flags: ['--disable-proto=throw'], file: 'globals.cjs' },
  { name: 'a program that tampers with prototypes', file: 'tampered.cjs' },
  { name: 'every way to look at the environment', file: 'environment.cjs' },
  { name: 'an environment of its own making', file: 'changed-environment.cjs' },
  { name: '--check', file: 'check.cjs' },
  { name: 'an error with a source map', flags: ['--enable-source-maps'], file: 'mapped.cjs' },
  { name: 'an error with a source map that nobody wants', file: 'mapped.cjs' },
  {
    name: 'hooks of the module loader by --import',
    flags: ['--import', pathToFileURL(fixture('wrappers/register.mjs')).href],
    file: 'hooks.mjs',
  },
  {
    name: 'hooks of the module loader by --import, in NODE_OPTIONS',
    env: { NODE_OPTIONS: `--import ${pathToFileURL(fixture('wrappers/register.mjs')).href}` },
    file: 'argv.cjs',
  },
  {
    name: 'hooks of the module loader by --experimental-loader',
    flags: ['--experimental-loader', fixture('wrappers/loader.mjs')],
    file: 'hooks.mjs',
  },
  {
    name: 'asynchronous ids, handles and the last events',
    file: 'async-ids.cjs',
    except: { [inPromise]: numbersDiffer, [asModule]: numbersDiffer },
  },
  { name: 'the order of events in an ES module', file: 'order.mjs' },
  { name: 'what the operating system says of the process', file: 'process-state.cjs' },
  { name: 'node behind foreign programs', file: 'shims.cjs' },
  { name: 'closed descriptors', file: 'closed-stdio.cjs' },
  { name: 'deprecations told outside node_modules', file: 'deprecated.cjs' },
  { name: 'deprecations, pending ones too', flags: ['--pending-deprecation'], file: 'deprecated.cjs' },
  { name: 'coverage by Node itself', file: 'test-coverage.cjs', except: withWrapperMain('the wrapper main is a file like others') },
  { name: 'scripts a debugger is told of', file: 'debugger.cjs', except: withWrapperMain('the wrapper main is a file like others') },
  { name: 'a start-up snapshot', file: 'startup-snapshot.cjs' },
  { name: 'a policy', file: 'policy.cjs' },
  { name: 'a last error after a rejection', file: 'exceptions.cjs' },
  { name: 'flags that change how node starts', file: 'node-flags.cjs' },
  { name: 'a program that mocks fs, the loader and JSON', file: 'mocked.cjs' },
  { name: 'diagnostics channels', file: 'channels.cjs' },
  { name: 'TypeScript, where Node runs it', flags: ['--no-warnings'], file: 'typescript.ts' },
  {
    name: 'warnings into a file',
    env: { NODE_REDIRECT_WARNINGS: '/dev/stdout' },
    flags: ['--pending-deprecation'],
    file: 'deprecations.cjs',
  },
  { name: 'NODE_PENDING_DEPRECATION', env: { NODE_PENDING_DEPRECATION: '1' }, file: 'deprecations.cjs' },
  { name: 'NODE_DEBUG of the module loader', env: { NODE_DEBUG: 'child_process' }, file: 'order.mjs' },
  { name: 'a main by a path with dots', file: '../programs/./argv.cjs' },
  { name: 'a directory as the main', flags: [fixture('programs/directory')], args: ['x'] },
  {
    name: 'a main on stdin with flags of a shell',
    flags: ['--input-type=module', '-'],
    input: 'console.log(import.meta.url, process.argv)',
  },
  { name: 'a detached child', file: 'detached.cjs' },
  { name: 'much output before exit', file: 'stdout-flush.cjs' },
  { name: 'working directories', file: 'working-directory.cjs' },
  { name: 'the functions of child_process', file: 'captured.cjs' },
  { name: 'promisified functions', file: 'promisified.cjs' },
  { name: 'the test runner', file: 'self-runner.cjs' },
  { name: 'a renamed node', command: join(scratch, 'renamed-node'), file: 'argv.cjs' },
  { name: 'eval', flags: ['-e', 'console.log(process.argv, process.execArgv, module.id)'], args: ['x'] },
  { name: 'eval of a throw', flags: ['-e', 'throw new Error("evaluated")'] },
  { name: 'print', flags: ['-p', 'Object.keys(require.cache)'] },
  { name: 'a program on stdin', flags: ['-'], args: ['x'], input: 'console.log(process.argv, __filename)' },
  { name: 'the version', flags: ['--version'] },
  ...signals.map((signal) => ({ name: `death by ${signal}`, file: 'die-by.cjs', args: [signal] })),
  ...['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'].map((signal) => ({ name: `${signal} handled`, file: 'handle-signal.cjs', args: [signal] })),
]

const contexts: Readonly<Record<string, Context>> = {
  [bareMain]: createContext({ env: {}, shimRoot: scratch }),
  [commonjs]: createContext({ main: fixture('wrappers/run-main.cjs'), args: ['first', 'second'], shimRoot: scratch }),
  [inPromise]: createContext({ main: fixture('wrappers/run-in-promise.cjs'), shimRoot: scratch }),
  [asModule]: createContext({ main: fixture('wrappers/run-main.mjs'), shimRoot: scratch }),
}
const wrapperMains = Object.keys(contexts).filter((name) => name !== bareMain)

/** By day each program is run with no wrapper main, and every second also with one that it may have, in turn. */
function contextsOf({ except }: Program, index: number): readonly string[] {
  const isComparable = (name: string) => except?.[name] === undefined
  const comparable = wrapperMains.filter(isComparable)
  const isOnesTurn = index % 2 === 0 || !isComparable(bareMain)
  const mains = isNight ? comparable : comparable.slice((index >> 1) % comparable.length).slice(0, isOnesTurn ? 1 : 0)
  return isComparable(bareMain) ? [bareMain, ...mains] : mains
}

function start(program: Program): Promise<Observation> {
  const file = program.file === undefined ? [] : [program.file.startsWith('/') ? program.file : fixture(`programs/${program.file}`)]
  return observe(program.command ?? process.execPath, [...(program.flags ?? []), ...file, ...(program.args ?? [])], {
    cwd: root,
    env: { HOME: scratch, PATH: process.env.PATH, ...program.env },
    ...(program.input !== undefined && { input: program.input }),
  })
}

/** The patch is there just while the process is started: what runs bare at the same time stays bare. */
function startWrapped(context: Context, program: Program): Promise<Observation> {
  const undo = context.patch()
  try {
    return start(program)
  } finally {
    undo()
  }
}

/** A wrapper main that hands over synchronously leaves frames below the main's own; they are all that may differ. */
function upToTheMainsFrames({ stdout, stderr, ...rest }: Observation): Observation {
  const cut = (text: string) => text.replaceAll('\\n', '\n').replace(/\n *(?:at |\d+: |\.\.\. \d+ lines)(?!.*fixtures\/programs).*/g, '')
  return { stdout: cut(stdout), stderr: cut(stderr), ...rest }
}

/** What differs between two runs of the same program. */
function withoutNoise({ stdout, stderr, ...rest }: Observation): Observation {
  return {
    stdout,
    stderr: stderr
      .replace(/\(node:\d+\)/g, '(node:PID)')
      .replace(/\b0x[\da-f]+/g, 'ADDRESS')
      .replace(/\[\d+\]/g, '[PID]'),
    ...rest,
  }
}

t.test('a wrapped program and its parent observe what they would have observed', async (t) => {
  t.ok(programs.length >= 40, `${programs.length} programs`)
  await atOnce(4, [...programs.entries()], async ([index, program]) => {
    const bare = withoutNoise(await start(program))
    for (const name of contextsOf(program, index)) {
      const wrapped = withoutNoise(await startWrapped(contexts[name] as Context, program))
      const [seen, expected] = name === bareMain ? [wrapped, bare] : [upToTheMainsFrames(wrapped), upToTheMainsFrames(bare)]
      t.same(seen, expected, `${program.name}, under ${name}`)
    }
  })
})

t.test('every exit code comes through', async (t) => {
  const context = contexts[commonjs] as Context
  // By day those with a meaning of their own, and the borders: Node's, a shell's, those that stand for signals.
  const codes = isNight
    ? Array.from({ length: 256 }, (_, code) => code)
    : [0, 1, 2, 7, 9, 13, 64, 126, 127, 128, 129, 130, 134, 137, 139, 143, 159, 255]
  const seen: (number | null)[] = []
  await atOnce(4, [...codes.entries()], async ([index, code]) => {
    seen[index] = (await startWrapped(context, { name: 'exit', file: 'exit-with.cjs', args: [String(code)] })).code
  })
  t.same(seen, codes)
})

t.teardown(() => {
  for (const context of Object.values(contexts)) context.dispose()
})
