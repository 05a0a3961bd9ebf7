import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { observe, root } from '../support.js'
import t from '../tap.js'

const directory = join(root, 'examples/process')

interface Example {
  readonly name: string
  readonly args?: readonly string[]
  /** Each is to be found in what it prints. */
  readonly prints: readonly (RegExp | string)[]
  /** How many lines that are not empty it prints. */
  readonly lines?: number
}

const examples: readonly Example[] = [
  {
    name: 'fibonacci',
    args: ['3'],
    prints: [
      /^fibonacci\(3\) = 2 {2}by [0-9a-f]{7}\n├─ fibonacci\(2\) = 1 {2}by [0-9a-f]{7}\n│ {2}├─ fibonacci\(1\) = 1 /,
      /\nfibonacci\(3\) is 2, and 5 processes found that out\.\n$/,
    ],
    lines: 6,
  },
  {
    name: 'all-to-all',
    args: ['3'],
    prints: [/^("hi [0-9a-f]{7}" from [0-9a-f]{7}, [0-9a-f]{7}\n){3}\n3 processes, 6 channels between them\n$/],
    lines: 4,
  },
  {
    name: 'fork-join',
    args: ['100000'],
    prints: [/^ +0 to +[\d,]+: +[\d,]+ primes in +[\d,]+ ms\n/, /\n9,592 primes below 100,000: \d+ ms of work, done in [\d,]+ ms\n$/],
  },
  {
    name: 'process-pool',
    prints: [
      // The fourth row, and the one of the needle.
      '\n          ....:::::::::::::::::::-------------=*++@#===--------::::::.........\n',
      '\n     @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@%+==-------:::::::.\n',
      /\n23 rows: \d+ by [0-9a-f]{7}(?:, \d+ by [0-9a-f]{7})?\n$/,
    ],
    lines: 24,
  },
  {
    name: 'progress',
    args: ['3000'],
    prints: [
      /^up to 500: 144 from 327$/m,
      /^up to 3,000: 217 from 2,919$/m,
      /\nThe longest chain that starts below 3,000 starts at 2,919: 217 numbers\.\n$/,
    ],
    lines: 7,
  },
  {
    name: 'join',
    prints: [
      /^(?:spawned [0-9a-f]{7}, which the system calls \d+\n){3}"slow" has 4 characters/,
      /\n"quick" has 5 .*\n"in between" has 10 characters, says process \d+ \d+ ms after the start\njoined again: slow\n$/,
    ],
    lines: 7,
  },
  {
    name: 'timeout',
    prints: [
      /^TimeoutError: Task "answer" has not been answered within 50 ms\.\nits process is still there: true\n/,
      /\njoined again, for as long as it takes: 42\nERR_BROOD_TIMEOUT: Task "answer" has not been answered within 200 ms\.\n$/,
    ],
    lines: 4,
  },
  {
    name: 'kill',
    prints: [
      /^CancelledError \(ERR_BROOD_CANCELLED\): Task "sleepLong" was killed by SIGTERM\.\ntask: working\n/,
      /\nAbortError \(ERR_BROOD_CANCELLED\): Task "tidyUp" was aborted\.\n/,
      /\ntask: told to stop \(lunch\), and stops\n/,
    ],
    lines: 4,
  },
  {
    name: 'panic',
    prints: [
      /^RangeError: 70000 is no port\na RangeError here too: true; highest: 65535; cause: \{"text":"70000"\}\n/,
      // The first is the child's, the second this side's.
      /\nthrown in the child, and called from here:\n {4}at panic\.mjs:7:\d+\n {4}at panic\.mjs:\d\d:\d+\n/,
      /\nExitedError \(ERR_BROOD_EXITED\): \{\s+task: 'crash',\s+signal: 'SIGSEGV',\s+exitCode: null,\s+stderr: 'about to crash\\n'\s+\}\n/,
      /\nand this process goes on\n$/,
    ],
  },
  {
    name: 'args',
    args: ['one', 'two'],
    prints: [
      /^as its parent: \{\s+args: \[ 'one', 'two' \],[\s\S]*?GREETING: 'hello',\s+variables: 'more than two'\s+\}\n/,
      /\nas it is told: \{\s+args: \[ 'three', '--four' \],\s+cwd: '\/',\s+GREETING: 'good evening',\s+variables: 'more than two'\s+\}\n/,
      /\nwith nothing: \{\s+args: \[\],[\s\S]*?GREETING: undefined,\s+variables: \[ 'ONLY' \]\s+\}\n$/,
    ],
  },
  {
    name: 'stdout',
    prints: [
      /^hello from the child, on the same stdout\n/,
      /\nits stdout: ONE\nits stdout: TWO\nits stdout: THREE\nits stderr: done\nits result: 14 characters\n$/,
    ],
    lines: 6,
  },
  {
    name: 'bad-serialization',
    prints: [
      /^an argument: ERR_BROOD_NOT_CLONEABLE\n {2}Argument 1 of task "echo"\.hooks\[0\]\.call: a function \(call\) cannot be sent to another process\.\n/,
      /\na result: ERR_BROOD_NOT_CLONEABLE\n {2}Task "makeClosure": the result\.next\.add: a function \(add\) cannot be sent/,
      /\na function: ERR_BROOD_NOT_A_TASK\n {2}This function \(bad-serialization\.mjs:\d+\) is not a task\..* It captures `factor`: pass it as an argument\.\n/,
      /\nwhat structured clone takes: <ref \*1> \{[^}]*'centre' => \[ 0n, -0, NaN \][\s\S]*self: \[Circular \*1\]\n\}\n$/,
    ],
  },
  {
    name: 'custom-serialization',
    prints: [
      /^without a codec it arrives as one: false\n/,
      /\nwith one it comes back as a Polynomial: the derivative of 4 \+ 3x \+ 2x² \+ 1x³ is 3 \+ 4x \+ 3x²\n$/,
    ],
    lines: 2,
  },
  { name: 'macro', prints: [/^a \+ b \+ \(c \+ 1\) = 67\nc is still 1\n!NWAPSCORP\n$/], lines: 3 },
]

for (const { name, args = [], prints, lines } of examples) {
  t.test(name, async (t) => {
    const { stdout, stderr, code, signal } = await observe(process.execPath, [join(directory, `${name}.mjs`), ...args])
    t.same({ code, signal, stderr }, { code: 0, signal: null, stderr: '' })
    for (const pattern of prints) t.match(stdout, pattern)
    if (lines !== undefined) t.equal(stdout.split('\n').filter((line) => line !== '').length, lines, stdout)
  })
}

t.test('each is here, and says what it shows and how to run it', (t) => {
  const modules = readdirSync(directory).filter((file) => file.endsWith('.mjs') && file !== 'progress-bars.mjs')
  t.same(modules.toSorted(), examples.map(({ name }) => `${name}.mjs`).toSorted())
  for (const file of modules)
    t.match(readFileSync(join(directory, file), 'utf8'), new RegExp(`^// \\S.*[.!)]\n//   node examples/process/${file}`), file)
  t.end()
})

const hasScript = spawnSync('script', ['--version']).status === 0

t.test('a terminal has bars in place', { skip: !hasScript && 'there is no script(1) here, which makes a terminal' }, async (t) => {
  const run = (columns: number, env: NodeJS.ProcessEnv = {}) => {
    // Of all that says whether colours are wanted (CI, COLORTERM, NO_COLOR and more) just what is asked for here.
    const { PATH, HOME } = process.env
    const command = `stty cols ${columns} && exec '${process.execPath}' '${join(directory, 'progress.mjs')}' 3000`
    return observe('script', ['-qec', command, '/dev/null'], { env: { PATH, HOME, TERM: 'xterm', ...env } })
  }
  const coloured = await run(80)
  t.equal(coloured.code, 0)
  const frames = coloured.stdout.split('\x1b[6A')
  t.ok(frames.length > 6, 'it is drawn again for each that is done, at least')
  const last = (frames.at(-1) as string).split('\r\n')
  t.match(last[5], /^\r\x1b\[2Kup to 3,000 \x1b\[32m█{39}\x1b\[39m.* 100% 217 from 2,919$/)
  t.match(last[6], /^The longest chain/)
  for (const line of frames.join('').split('\r\n'))
    t.ok(line.replace(/\r|\x1b\[\d*[mK]/g, '').length <= 80, 'no line is longer than the terminal is wide')

  const plain = await run(80, { NO_COLOR: '1' })
  t.notMatch(plain.stdout, /\x1b\[\d*m/, 'NO_COLOR')
  t.match(plain.stdout, /█{39}/)
  for (const [columns, env] of [[80, { TERM: 'dumb' }] as const, [40, {}] as const]) {
    const { stdout } = await run(columns, env)
    t.notMatch(stdout, /\x1b/, 'a terminal that cannot has lines')
    t.match(stdout, /^up to 500: 144 from 327\r$/m)
  }
})
