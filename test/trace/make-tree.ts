import type { ProcessTree, Totals, TracedProcess } from '../../lib/trace/process-tree.js'
import { randomFrom } from '../support-random.js'

/** A process as a test says it: what is left out is as in most processes. */
export type Draft = Partial<Omit<TracedProcess, 'children' | 'command' | 'start' | 'end'>> & {
  readonly command: readonly string[]
  readonly start: number
  readonly end?: number | undefined
  readonly children?: readonly Draft[]
}

/** A whole tree of drafts, with its totals and its slowest path. */
export function makeTree(roots: readonly Draft[], losses: readonly string[] = []): ProcessTree {
  let pid = 4000
  const finish = (draft: Draft, isOnPath: boolean): TracedProcess => {
    const { children = [], start, end, ...given } = draft
    const longest = longestOf(children)
    pid += 7
    const kind = given.kind ?? 'node'
    return {
      id: `${pid}-${start.toString(36)}`,
      kind,
      pid,
      startedAs: undefined,
      execPath: kind === 'program' ? undefined : '/usr/local/bin/node',
      nodeVersion: kind === 'program' ? undefined : 'v22.23.3',
      execArgv: [],
      cwd: '/home/ada/projects/harbour',
      start,
      end,
      wall: end === undefined ? undefined : end - start,
      nodeStart: kind === 'node' && given.escaped !== true ? start : undefined,
      boot: kind === 'program' || end === undefined ? undefined : Math.min(kind === 'worker' ? 14 : 38, (end - start) * 0.6),
      cpu: kind === 'node' && end !== undefined ? { user: (end - start) * 0.46, system: (end - start) * 0.08 } : undefined,
      memory: kind === 'node' && end !== undefined ? 41_000_000 + (pid % 97) * 1_000_000 : undefined,
      exitCode: kind === 'worker' || end === undefined || given.signal !== undefined || given.error !== undefined ? undefined : 0,
      signal: undefined,
      error: undefined,
      failed: (given.exitCode ?? 0) !== 0 || given.signal !== undefined || given.error !== undefined,
      escaped: false,
      replaced: false,
      slowest: isOnPath,
      environment: undefined,
      ...given,
      children: children.map((child) => finish(child, isOnPath && child === longest)),
    }
  }
  const processes = roots.map((root) => finish(root, root === longestOf(roots)))
  return { format: 'brood-tree', version: 1, startedAt: '2026-03-14T09:26:53.589Z', roots: processes, totals: totalsOf(processes, losses) }
}

function longestOf(drafts: readonly Draft[]): Draft | undefined {
  return drafts.toSorted((a, b) => (b.end ?? 0) - b.start - ((a.end ?? 0) - a.start))[0]
}

export function everyProcess(processes: readonly TracedProcess[]): TracedProcess[] {
  return processes.flatMap((process) => [process, ...everyProcess(process.children)])
}

function totalsOf(roots: readonly TracedProcess[], losses: readonly string[]): Totals {
  const every = everyProcess(roots)
  const real = every.filter(({ kind }) => kind !== 'worker')
  const depthOf = (process: TracedProcess): number => 1 + Math.max(0, ...process.children.map(depthOf))
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  return {
    processes: real.length,
    nodeProcesses: real.filter(({ kind }) => kind === 'node').length,
    workers: every.length - real.length,
    depth: Math.max(0, ...roots.map(depthOf)),
    wall: Math.max(0, ...every.map(({ end, start }) => end ?? start)),
    cpu: sum(every.map(({ cpu }) => (cpu === undefined ? 0 : cpu.user + cpu.system))),
    boot: sum(every.map(({ boot }) => boot ?? 0)),
    failed: every.filter(({ failed }) => failed).length,
    escaped: every.filter(({ escaped }) => escaped).length,
    unfinished: every.filter(({ end, error }) => end === undefined && error === undefined).length,
    losses,
  }
}

/** `npm test` as many projects have it: lint, types, a bundler with Workers, tests of which one fails, a server that is killed. */
export function smallTree(): ProcessTree {
  const bin = '/home/ada/projects/harbour/node_modules/.bin'
  const node = '/usr/local/bin/node'
  const environment = {
    added: ['npm_lifecycle_event', 'npm_lifecycle_script', 'npm_package_name'],
    removed: [],
    changed: ['PATH'],
    values: undefined,
  }
  return makeTree(
    [
      {
        command: ['npm', 'test'],
        start: 0,
        end: 4820,
        exitCode: 1,
        children: [
          {
            command: ['sh', '-c', 'npm run lint && npm run build && mocha --parallel "test/**/*.test.js"'],
            kind: 'program',
            start: 212,
            end: 4796,
            exitCode: 1,
            environment,
            children: [
              {
                command: ['npm', 'run', 'lint'],
                start: 218,
                end: 1180,
                children: [
                  {
                    command: [node, `${bin}/eslint`, '.', '--max-warnings=0'],
                    startedAs: ['sh', '-c', 'eslint . --max-warnings=0'],
                    start: 402,
                    end: 1166,
                    environment: { ...environment, added: ['npm_lifecycle_event'], changed: ['PATH', 'npm_command'] },
                  },
                ],
              },
              {
                command: ['npm', 'run', 'build'],
                start: 1184,
                end: 2610,
                children: [{ command: ['make', '-j2', 'all'], kind: 'program', start: 1366, end: 2590, children: buildDrafts(bin, node) }],
              },
              {
                command: [node, '--enable-source-maps', `${bin}/mocha`, '--parallel', 'test/**/*.test.js'],
                execArgv: ['--enable-source-maps'],
                start: 2618,
                end: 4790,
                exitCode: 1,
                children: [
                  ...Array.from({ length: 14 }, (_, index) => ({
                    command: [node, `/home/ada/projects/harbour/test/unit/${unitNames[index] ?? 'more'}.test.js`],
                    start: 2760 + Math.floor(index / 3) * 330 + (index % 3) * 24,
                    end: 2760 + Math.floor(index / 3) * 330 + (index % 3) * 24 + 180 + ((index * 53) % 150),
                  })),
                  {
                    command: [node, '/home/ada/projects/harbour/test/integration/checkout.test.js'],
                    start: 3010,
                    end: 4720,
                    exitCode: 1,
                    environment: {
                      added: ['DATABASE_URL', 'PORT'],
                      removed: ['CI'],
                      changed: ['NODE_ENV'],
                      values: { DATABASE_URL: 'postgres://localhost/harbour_test', PORT: '0', NODE_ENV: 'test', PATH: '/usr/bin' },
                    },
                    children: [
                      {
                        command: [node, 'server.js', '--port', '0'],
                        start: 3090,
                        end: 4706,
                        signal: 'SIGKILL',
                        cpu: undefined,
                        memory: undefined,
                      },
                      { command: ['psql', '-c', 'truncate orders'], kind: 'program', start: 3300, end: 3352 },
                      { command: ['redis-server', '--port', '0'], kind: 'program', start: 3302, end: 3302, error: 'ENOENT' },
                    ],
                  },
                  {
                    command: [node, 'scripts/native-helper.js'],
                    start: 3500,
                    end: 4100,
                    escaped: true,
                    boot: undefined,
                    cpu: undefined,
                    memory: undefined,
                  },
                  { command: [node, 'scripts/daemon.js', '--detach'], start: 4200, end: undefined },
                ],
              },
            ],
          },
        ],
      },
    ],
    ['4188-k3.jsonl: its last line is torn off'],
  )
}

const unitNames = [
  'cart',
  'prices',
  'tax',
  'stock',
  'mail',
  'login',
  'session',
  'search',
  'export',
  'money',
  'dates',
  'routes',
  'cache',
  'queue',
]

function buildDrafts(bin: string, node: string): Draft[] {
  return [
    { command: [node, `${bin}/tsc`, '-p', 'tsconfig.json'], start: 1380, end: 2410 },
    {
      command: [node, `${bin}/vite`, 'build'],
      start: 1384,
      end: 2580,
      children: [
        { command: ['esbuild', '--service=0.25.0', '--ping'], kind: 'program', start: 1560, end: 2570 },
        ...[0, 1, 2].map((index) => ({
          command: [`${bin}/../vite/dist/worker.js`],
          kind: 'worker' as const,
          start: 1640 + index * 12,
          end: 2440 - index * 130,
        })),
      ],
    },
  ]
}

const programs: readonly (readonly string[])[] = [
  ['sh', '-c', 'node scripts/prepare.js && tsc -b'],
  ['git', 'rev-parse', '--short', 'HEAD'],
  ['make', '-C', 'native', 'release'],
  ['/usr/bin/python3', 'tools/gen.py', '--out', 'build/gen'],
  ['cc', '-O2', '-c', 'src/parser.c', '-o', 'build/parser.o'],
]
const scripts = [
  'packages/api/build.js',
  'packages/web/build.js',
  'scripts/check-links.mjs',
  'node_modules/.bin/jest',
  'tools/release/notes.js',
]

/** A tree of so many processes, the same one for the same seed: packages that are built, each with its tests. */
export function largeTree(processes: number, seed = 1): ProcessTree {
  const random = randomFrom(seed)
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item
  let count = 0
  const grow = (start: number, length: number, level: number, budget: number): Draft => {
    const name = ++count
    const kind = level > 0 && random(4) === 0 ? 'program' : level > 3 && budget === 1 && random(4) === 0 ? 'worker' : 'node'
    const command = kind === 'program' ? pick(programs) : ['/usr/local/bin/node', pick(scripts), `--job=${name}`]
    const end = random(400) === 0 ? undefined : start + length
    const children = budget > 1 ? growChildren(start, length, level + 1, budget - 1) : []
    return { command, kind, start, end, children, ...(end !== undefined && random(90) === 0 ? { exitCode: 1 + random(3) } : {}) }
  }
  const growChildren = (start: number, length: number, level: number, budget: number): Draft[] => {
    // A test runner that starts one process after the other.
    if (level > 1 && budget > 8 && (level > 8 || random(3) === 0)) {
      return Array.from({ length: budget }, (_, file) => {
        const [at, each] = [start + (length * (file + 0.1)) / budget, length / budget]
        return { command: ['/usr/local/bin/node', `test/case-${file}.test.js`], start: at, end: at + each * (0.4 + random(40) / 100) }
      })
    }
    const width = Math.min(budget, 2 + random(level === 1 ? 40 : 9))
    const shares = Array.from({ length: width }, () => 1 + random(10))
    const sum = shares.reduce((a, b) => a + b, 0)
    let [at, left] = [start + length * 0.04, budget]
    return shares.map((share, index) => {
      const part = index === width - 1 ? left : Math.max(1, Math.min(left - (width - 1 - index), Math.round((budget * share) / sum)))
      left -= part
      const took = (length * 0.94 * share) / sum
      const child = grow(at, Math.min(start + length * 0.98 - at, took * (1 + random(150) / 100)), level, part)
      at += took
      return child
    })
  }
  return makeTree([grow(0, 412_000, 0, processes)])
}

/** Arguments and paths that try to be something else than text. */
export const hostileTexts: readonly string[] = [
  '</script><script>alert(1)</script>',
  '<!-- <script>',
  // No sign but the first is needed.
  '</script x',
  '</SCRIPT/x',
  '<!--<script x',
  '--><img src=x onerror=alert(1)>',
  ']]></style><svg onload=alert(1)>',
  "{{script}} {{tree}} {{title}} $& $1 $` $'",
  '" onmouseover="alert(1)" x="',
  "' autofocus onfocus='alert(1)",
  '&lt;b&gt; &#60; &amp;',
  'javascript:alert(1)',
  '\u2028line\u2029paragraph',
  '\u202egnp.exe\u202c \u2066isolate\u2069',
  'lone \ud800 and \udfff, reversed \udc00\ud800',
  '\u0000nul \u0007bell \u001b[31mred\u001b[0m \u007f \u0085 \u009f',
  '\r\n\t\v\f',
  '\ufffe\uffff\ufdd0 \u{1fffe} \ufeff',
  'emoji 👩‍👩‍👧 and e\u0301, 日本語, עברית',
  '__proto__',
  '',
]

export function hostileTree(): ProcessTree {
  const names = ['</script>', '__proto__', 'constructor', '<b>', '\u202e']
  return makeTree(
    [
      {
        command: ['node', ...hostileTexts],
        start: 0,
        end: 80,
        execArgv: [...hostileTexts],
        cwd: hostileTexts.join('/'),
        execPath: `/tmp/${hostileTexts[0] as string}/node`,
        startedAs: hostileTexts,
        environment: { added: names, removed: names, changed: names, values: { '<b>': '</script>', constructor: '<i>' } },
        children: [
          ...hostileTexts.map((text, index) => ({
            command: [text, text],
            kind: 'program' as const,
            start: index,
            end: index + 1,
            signal: text,
            cwd: text,
          })),
          { command: ['node', 'x'.repeat(1_000_000)], start: 20, end: 30 },
          { command: [], start: 20, end: 30 },
        ],
      },
    ],
    hostileTexts,
  )
}
