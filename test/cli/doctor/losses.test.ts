import { type Evidence, findLosses } from '../../../lib/cli/doctor/losses.js'
import type { Sighting } from '../../../lib/cli/doctor/watch.js'
import type { TraceEvent } from '../../../lib/trace/event.js'
import { buildTree } from '../../../lib/trace/tree.js'
import t from '../../tap.js'

const preload = '/home/ada/.node-spawn-wrap-store/0123/preload.cjs'
const shims = '/home/ada/.node-spawn-wrap-7-abc'
const node = '/usr/bin/node'
const whole = { nodeOptions: `--require ${preload}`, path: `${shims}:/usr/bin`, context: '{}' }
const none = { nodeOptions: undefined, path: undefined, context: undefined }
const zero = 1_700_000_000_000

/** A process that was seen from one moment to another, and what it ran. */
function seen(
  pid: number,
  ppid: number,
  [from, to]: readonly [number, number],
  ...programs: readonly (readonly [argv: string, variables?: typeof none])[]
): Sighting {
  return {
    pid,
    ppid,
    firstSeen: zero + from,
    lastSeen: zero + to,
    programs: programs.map(([argv, variables = whole], index) => ({
      argv: argv.split(' '),
      variables,
      executable: argv.startsWith('node') || argv.startsWith(node) ? node : `/usr/bin/${argv.split(' ')[0]}`,
      isOtherUser: false,
      isOtherRoot: false,
      firstSeen: zero + from + index * 10,
    })),
  }
}

function started(pid: number, milliseconds: number, parent?: string): TraceEvent {
  const common = { version: 1, ppid: 1, boot: 20_000, execArgv: [], execPath: node, node: '20.20.2', cwd: '/app', env: [] } as const
  const at = milliseconds * 1000
  return {
    ...common,
    type: 'start',
    id: String(pid),
    pid,
    at,
    wall: zero + milliseconds,
    argv: ['node', 'x.js'],
    ...(parent !== undefined && { parent }),
  }
}

const self = 1
const watchdog = 2

function find(sightings: readonly Sighting[], events: readonly TraceEvent[]): ReturnType<typeof findLosses> {
  const files: Evidence['files'] = {
    isNode: (executable) => executable === node,
    versionOf: () => '20.20.2',
    isSetuid: () => false,
    hasProgram: () => true,
  }
  const tree = buildTree(events, { without: self })
  return findLosses({
    command: ['make', 'all'],
    sightings,
    events,
    tree,

    files,
    areFilesThere: true,
    self,
    watchdog,
  })
}

t.test('what was seen and what was written down', (t) => {
  const programs = [
    seen(10, self, [0, 900], ['node npm test'], ['sh -c make']),
    seen(watchdog, self, [0, 900], ['node -e watch', none]),
    seen(11, 10, [50, 900], ['sh -c make']),
    seen(12, 11, [100, 800], ['make'], ['env -i node x.js'], ['node x.js', none]),
    seen(13, 11, [100, 800], [`sh ${shims}/node y.js`], ['node y.js']),
    seen(14, 11, [100, 101]),
  ]
  const { wrapped, losses } = find(programs, [started(self, 0), started(10, 0), started(13, 120)])
  t.equal(wrapped, 2)
  t.match(losses, [
    { pid: 12, command: ['node', 'x.js'], reason: 'environment-emptied', route: 'shims-not-on-path', nodeVersion: '20.20.2' },
  ])
  t.equal(losses.length, 1)
  t.match(losses[0]?.lostAt, { pid: 12, command: ['env', '-i', 'node', 'x.js'] })
  const way = losses[0]?.ancestors.map(
    ({ pid, command, wrapped: isWrapped }) => `${pid} ${command.join(' ')}${isWrapped ? ' wrapped' : ''}`,
  )
  t.same(way, ['10 node npm test wrapped', '10 sh -c make', '11 sh -c make', '12 make', '12 env -i node x.js'])
  t.end()
})

t.test('a pid that is given again', (t) => {
  const { losses } = find(
    [seen(10, self, [0, 100], ['node a.js']), seen(10, self, [60_000, 60_100], ['node b.js', none])],
    [started(10, 0)],
  )
  t.match(losses, [{ pid: 10, command: ['node', 'b.js'], lostAt: { command: ['make', 'all'] }, ancestors: [{ command: ['make', 'all'] }] }])
  t.equal(losses.length, 1)
  t.end()
})

t.test('with the record alone', (t) => {
  const spawn = (id: string, args: string[]): TraceEvent[] => [
    { type: 'spawn', id, at: 10_000, file: args[0] as string, args, node: true },
    { type: 'spawned', id, at: 11_000, pid: 20 },
    { type: 'exit', id, at: 60_000, code: 0, signal: null },
  ]
  const events = [started(self, 0), ...spawn('1/1', ['node', 'x.js']), started(20, 12, '1/1'), ...spawn('20/1', ['node', 'y.js'])]
  t.match(find([], events), {
    wrapped: 1,
    losses: [{ command: ['node', 'y.js'], reason: 'unknown', ancestors: [{ command: ['node', 'x.js'], wrapped: true }] }],
  })
  t.same(find([], [started(self, 0), ...spawn('1/1', ['node', '--version'])]).losses, [], 'it runs no code')
  const alone = [started(self, 0), ...spawn('1/1', ['node', 'x.js'])]
  t.match(find([], alone).losses, [{ reason: 'unknown' }])
  t.match(find([seen(20, self, [0, 50], ['node x.js', none])], alone).losses, [{ pid: 20, reason: 'left-alone' }], 'it is told once')
  t.equal(find([seen(20, self, [0, 50], ['node x.js', none])], alone).losses.length, 1)
  t.end()
})
