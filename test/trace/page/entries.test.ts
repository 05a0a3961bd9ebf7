import { labelOf, shortenMiddle } from '../../../lib/trace/page/command.js'
import { describeEntry, tagOf } from '../../../lib/trace/page/describe.js'
import { type Entry, entriesOf, rowsOf, withAncestors } from '../../../lib/trace/page/entries.js'
import { loadOf, mergeSpans } from '../../../lib/trace/page/load.js'
import { searcherOf } from '../../../lib/trace/page/search.js'
import { segmentsOf, visibleText } from '../../../lib/trace/visible.js'
import t from '../../tap.js'
import { everyProcess, largeTree, makeTree, smallTree } from '../make-tree.js'

const small = smallTree()
const { roots, all } = entriesOf(small)
const allOpen = new Set(all)
const find = (label: RegExp) => all.find((entry) => label.test(labelOf(entry))) as Entry

t.test('every process is an entry, and long runs of alike ones are folded', (t) => {
  for (const tree of [small, largeTree(5000)]) {
    const entries = entriesOf(tree)
    const processes = entries.all.filter(({ isRun }) => !isRun).map(({ process }) => process)
    t.same(
      processes.map(({ id }) => id),
      everyProcess(tree.roots).map(({ id }) => id),
    )
    const runs = entries.all.filter(({ isRun }) => isRun)
    t.ok(runs.length > 0)
    for (const { children } of runs) t.ok(children.length >= 8 && children.every(({ process }) => !process.failed && !process.slowest))
    for (const { level, parent } of entries.all) t.equal(level, (parent?.level ?? 0) + 1)
  }
  t.end()
})

t.test('rows: what lies in open entries, each with its place among those beside it', (t) => {
  const closed = rowsOf(roots, new Set())
  t.same(closed, [{ entry: roots[0], position: 1, size: 1 }])
  const opened = rowsOf(roots, allOpen)
  t.same(
    opened.map(({ entry }) => entry),
    all,
  )
  for (const { entry, position, size } of opened) {
    const beside = entry.parent?.children ?? roots
    t.equal(size, beside.length)
    t.equal(beside[position - 1], entry)
  }
  const run = all.find(({ isRun }) => isRun) as Entry
  t.equal(rowsOf(roots, new Set(all.filter((entry) => entry !== run))).length, all.length - run.children.length)
  t.end()
})

t.test('rows of a search: what was found and what is above it, open or not', (t) => {
  const found = searcherOf(all)('cart.test')
  t.equal(found.length, 1)
  const rows = rowsOf(roots, new Set(), withAncestors(found))
  t.same(
    rows.map(({ entry, position, size }) => [labelOf(entry), position, size]),
    [
      ['npm test', 1, 1],
      [labelOf(find(/^sh -c/)), 1, 1],
      ["node --enable-source-maps mocha --parallel 'test/**/*.test.js'", 1, 1],
      ['node test/unit/….test.js', 1, 1],
      ['node test/unit/cart.test.js', 1, 1],
    ],
  )
  t.end()
})

t.test('searching', (t) => {
  const search = searcherOf(all)
  const pid = find(/server\.js/).process.pid as number
  for (const [query, count] of [
    ['', 0],
    ['   ', 0],
    ['SERVER.js', 1],
    ['worker.js', 3],
    ['vite build', 1],
    ['build vite', 1],
    [`pid:${pid}`, 1],
    [String(pid), 1],
    ['/home/ada/projects/harbour', everyProcess(small.roots).length],
    ['is:failed', small.totals.failed],
    ['is:escaped', 1],
    ['is:unfinished', 1],
    ['is:worker', 3],
    ['is:failed server.js', 1],
    ['constructor', 0],
    ['no such thing', 0],
  ] as const) {
    t.equal(search(query).length, count, query)
  }
  t.end()
})

t.test('what a row says to those who hear it', (t) => {
  for (const [label, said] of [
    [/^npm test/, 'npm test, 4.82 s, exit code 1, failed, on the slowest path'],
    [/^make/, 'make -j2 all, not Node, 1.22 s, exit code 0'],
    [/server\.js/, 'node server.js --port 0, 1.62 s, killed by SIGKILL, failed, on the slowest path'],
    [/redis/, 'redis-server --port 0, not Node, not started: ENOENT, failed'],
    [/native-helper/, 'node scripts/native-helper.js, 600 ms, exit code 0, escaped, it left no record'],
    [/daemon/, 'node scripts/daemon.js --detach, nobody saw it end'],
    [/worker\.js/, 'Worker node_modules/.bin/../vite/dist/worker.js, 800 ms, ended'],
    [/….test.js/, '14 alike: node test/unit/….test.js, 1.61 s'],
  ] as const) {
    t.equal(describeEntry(find(label)), said)
  }
  t.same(
    [/^npm test/, /server\.js/, /redis/, /daemon/, /….test.js/, /^make/].map((label) => tagOf(find(label))),
    ['exit 1', 'SIGKILL', 'ENOENT', 'no end seen', '× 14', ''],
  )
  t.end()
})

t.test('a mock is marked', (t) => {
  const tool = { kind: 'program', command: ['tool', 'x'], start: 0, end: 1 } as const
  const { all } = entriesOf(
    makeTree([
      ...Array.from({ length: 20 }, () => ({ ...tool })),
      ...Array.from({ length: 20 }, () => ({ ...tool, replaced: true }) as const),
    ]),
  )
  t.equal(all.filter(({ isRun }) => isRun).length, 2, 'and alike to no program that is none')
  const mock = all.find(({ process, isRun }) => process.replaced && !isRun) as Entry
  t.equal(tagOf(mock), 'mock')
  t.match(describeEntry(mock), /^tool x, not Node, .*, a mock ran in its place$/)
  t.end()
})

t.test('labels', (t) => {
  const labels = (command: readonly string[]) => entriesOf(makeTree([{ command, start: 0, end: 1, cwd: '/a' }])).all.map(labelOf)
  t.same(labels(['/usr/bin/node', '/a/b c.js', '/ab.js']), ["node 'b c.js' /ab.js"])
  t.same(labels([]), ['(unknown)'])
  t.ok((labels(['node', 'x'.repeat(1e6), 'y'])[0]?.length ?? 0) < 2000, 'no longer than a row could hold')
  const run = (scripts: readonly string[]) =>
    labelOf(
      entriesOf(makeTree(scripts.map((script) => ({ command: ['node', script], start: 0, end: 1 })))).all.find(
        ({ isRun }) => isRun,
      ) as Entry,
    )
  t.equal(run(Array.from({ length: 9 }, (_, index) => `t/case-${index}.js`)), 'node t/case-….js')
  t.end()
})

t.test('a command is shortened in its middle, between characters', (t) => {
  t.equal(shortenMiddle('node test.js', 12), 'node test.js')
  t.equal(shortenMiddle('node some/long/path/test.js', 12), 'node …est.js')
  t.equal(shortenMiddle('😀😁😂😃😄😅', 4), '😀😁…😅')
  t.equal(shortenMiddle('abc', 1), '…')
  for (let length = 1; length < 30; length++)
    t.equal(Array.from(shortenMiddle('node 😀😁😂 some/path/test.js', length)).length <= length, true)
  t.end()
})

t.test('what does not show is written out', (t) => {
  t.same(segmentsOf('a\u202eb\n'), [
    { text: 'a', isEscape: false },
    { text: '\\u{202e}', isEscape: true },
    { text: 'b', isEscape: false },
    { text: '\\n', isEscape: true },
  ])
  t.same(segmentsOf(''), [])
  t.equal(visibleText('\ud800 \u{1f600} \ufffe é'), '\\u{d800} 😀 \\u{fffe} é')
  t.end()
})

t.test('what nobody saw end is there as long as one who would have', (t) => {
  const { all } = entriesOf(
    makeTree([
      {
        command: ['root'],
        start: 0,
        end: 100,
        children: [
          {
            command: ['parent'],
            start: 10,
            end: 20,
            children: [
              { command: ['lost'], start: 12, end: undefined },
              {
                command: ['daemon'],
                start: 14,
                end: undefined,
                children: [{ command: ['late'], start: 50, end: 60 }],
              },
              { command: ['error'], start: 15, end: undefined, error: 'ENOENT' },
            ],
          },
        ],
      },
      { command: ['other'], start: 30, end: undefined },
    ]),
  )
  const untils = all.map(({ process, until }) => [process.command[0], until])
  t.same(untils, [
    ['root', 100],
    ['parent', 20],
    ['lost', 20],
    ['daemon', 60],
    ['late', 60],
    ['error', 15],
    ['other', 100],
  ])
  t.end()
})

t.test('how many ran at each time', (t) => {
  const tree = makeTree([
    { command: ['a'], start: 0, end: 100 },
    { command: ['b'], start: 50, end: undefined },
    { command: ['w'], start: 0, end: 100, kind: 'worker' },
    { command: ['x'], start: 10, end: 10, error: 'ENOENT' },
  ])
  t.same(loadOf(entriesOf(tree).all, 100, 4), [1, 1, 2, 2])
  const short = makeTree(Array.from({ length: 10 }, (_, index) => ({ command: ['a'], start: index * 10, end: index * 10 + 10 })))
  for (const count of [1, 3, 10, 25])
    t.equal(Math.max(...loadOf(entriesOf(short).all, 100, count)), 1, 'one after the other is one at once')
  t.same(loadOf([], 100, 2), [0, 0])
  t.same(
    mergeSpans([
      [5, 7],
      [0, 2],
      [2, 3],
      [6, 9],
    ]),
    [
      [0, 3],
      [5, 9],
    ],
  )
  t.end()
})
