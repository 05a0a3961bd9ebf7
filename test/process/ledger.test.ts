// One account of memory and cores for a whole tree.
import * as fc from 'fast-check'
import { type Lease, Ledger } from '../../lib/process/ledger.js'
import { readMemory, readResources } from '../../lib/process/resources.js'
import t from '../tap.js'

const MiB = 1024 ** 2

t.test('memory as people write it', (t) => {
  const cases: readonly (readonly [value: number | string, bytes: number])[] = [
    [1000, 1000],
    ['1000', 1000],
    ['12 B', 12],
    ['256 MiB', 256 * MiB],
    ['256mib', 256 * MiB],
    ['1.5 GB', 1.5e9],
    [' 1 kB ', 1000],
    ['2 TiB', 2 * 1024 ** 4],
    ['1.3 B', 1],
  ]
  for (const [value, bytes] of cases) t.equal(readMemory('mem', value), bytes, String(value))
  for (const value of [
    '',
    'MiB',
    '1 MBit',
    '-1',
    '1e3',
    '1,5 GB',
    '1 M',
    '0.3 B',
    0,
    -1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '9'.repeat(20),
  ]) {
    t.throws(() => readMemory('mem', value), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'mem' }, String(value))
  }
  const defaults = { mem: 1, cpu: 2 }
  t.same(readResources('resources', {}, defaults), defaults)
  t.same(readResources('resources', { mem: '1 kB', cpu: 0.5 }, defaults), { mem: 1000, cpu: 0.5 })
  for (const cpu of [-1, Number.NaN, Number.POSITIVE_INFINITY, '1' as unknown as number]) {
    t.throws(
      () => readResources('resources', { cpu }, defaults),
      { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'resources.cpu' },
      String(cpu),
    )
  }
  t.end()
})

t.test('in the order of asking', (t) => {
  const ledger = new Ledger({ mem: 100, cpu: 1 })
  const taken: [string, Lease][] = []
  const ask = (name: string, mem: number, cpu = 0) => ledger.take({ mem, cpu }, (lease) => taken.push([name, lease]))
  const names = () => taken.map(([name]) => name)
  const release = (name: string) => taken.find(([other]) => other === name)?.[1].release()
  ask('a', 60)
  ask('b', 60)
  const leave = ask('c', 60)
  ask('d', 10)
  t.same(names(), ['a'], 'who asks for little waits behind who asked before')
  t.equal(ledger.waiting, 3)
  t.equal(ledger.tryTake({ mem: 50, cpu: 0 }), undefined)
  const small = ledger.tryTake({ mem: 40, cpu: 1 })
  t.same(ledger.free, { mem: 0, cpu: 0 })
  small?.release()
  small?.release()
  t.same(ledger.free, { mem: 40, cpu: 1 }, 'it is given back once')
  release('a')
  t.same(names(), ['a', 'b'])
  t.ok(leave())
  t.same(names(), ['a', 'b', 'd'], 'who leaves no longer stands in the way')
  t.notOk(leave())
  release('b')
  release('d')
  t.same([ledger.free, ledger.waiting], [{ mem: 100, cpu: 1 }, 0])
  t.ok(ledger.canEverFit({ mem: 100, cpu: 1 }))
  t.notOk(ledger.canEverFit({ mem: 101, cpu: 0 }))
  t.notOk(ledger.canEverFit({ mem: 0, cpu: 1.01 }))
  t.end()
})

t.test('shares of cores add up', (t) => {
  const ledger = new Ledger({ mem: 0, cpu: 1 })
  const leases = Array.from({ length: 10 }, () => ledger.tryTake({ mem: 0, cpu: 0.1 }))
  t.ok(leases.every((lease) => lease !== undefined))
  t.equal(ledger.tryTake({ mem: 0, cpu: 0.001 }), undefined)
  for (const lease of leases) lease?.release()
  t.same(ledger.free, { mem: 0, cpu: 1 })
  t.end()
})

t.test('whatever is asked for and given back, nothing is given twice and nobody is forgotten', (t) => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('take' as const), mem: fc.nat(12), cpu: fc.nat(5) }),
    fc.record({ kind: fc.constant('release' as const), at: fc.nat(20) }),
    fc.record({ kind: fc.constant('leave' as const), at: fc.nat(20) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const capacity = { mem: 10, cpu: 4 }
      const ledger = new Ledger(capacity)
      const held: Lease[] = []
      const leaving: (() => boolean)[] = []
      let asked = 0
      let served = 0
      let left = 0
      for (const step of steps) {
        if (step.kind === 'take') {
          const resources = { mem: step.mem, cpu: step.cpu }
          if (!ledger.canEverFit(resources)) continue
          asked++
          leaving.push(
            ledger.take(resources, (lease) => {
              served++
              held.push(lease)
            }),
          )
        } else if (step.kind === 'release') held.splice(step.at % (held.length + 1), 1)[0]?.release()
        else if (leaving[step.at]?.() === true) left++
        const used = held.reduce((sum, { resources }) => ({ mem: sum.mem + resources.mem, cpu: sum.cpu + resources.cpu }), {
          mem: 0,
          cpu: 0,
        })
        if (used.mem > capacity.mem || used.cpu > capacity.cpu) return false
        if (ledger.free.mem !== capacity.mem - used.mem) return false
      }
      while (held.length > 0) held.pop()?.release()
      return served + left === asked && ledger.waiting === 0
    }),
    { numRuns: 2000 },
  )
  t.end()
})
