// Values go to a child and back as structured clone has them, and those that mean something to brood as what they mean.
import '../posix-only.js'
import { Pid, pid, spawn } from 'brood/process'
import t from '../tap.js'
import { load, MiB } from './programs.js'

type Names = 'awaitSignal' | 'callGiven' | 'cyclic' | 'giveTask' | 'look' | 'make' | 'sum' | 'who'
const { awaitSignal, callGiven, cyclic, giveTask, look, make, sum, who } = await load<Names>('values.mjs')
const { add, call, callHere, echo, fibonacci } = await load<'add' | 'call' | 'callHere' | 'echo' | 'fibonacci'>('tasks.mjs')

t.test('there and back', async (t) => {
  const values: readonly unknown[] = [
    undefined,
    null,
    true,
    0,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1.5,
    'text',
    '\ud800',
    '',
    12n ** 30n,
    new Date(0),
    /a.b/giu,
    new Map<unknown, unknown>([[{ key: 1 }, new Set([1, 'two'])]]),
    // oxlint-disable-next-line no-sparse-arrays -- a hole stays a hole
    [, 1, undefined],
    { a: { b: [{ c: undefined }] } },
    JSON.parse('{"__proto__": 1}'),
    Buffer.from('bytes'),
    new Uint8Array([1, 2, 3]).subarray(1),
    new Float64Array([1.5, Number.NaN]),
    new BigInt64Array([-1n]),
    new Int8Array(5000).fill(-3),
    new ArrayBuffer(6000),
    new DataView(new ArrayBuffer(8), 2, 3),
    Array.from({ length: 10_000 }, (_, index) => ({ index })),
  ]
  for (const [index, value] of values.entries()) t.strictSame(await spawn(echo, value), value, `value ${index}`)
  t.ok(Object.is(await spawn(echo, -0), -0))
  t.ok(Number.isNaN(((await spawn(echo, new Date(Number.NaN))) as Date).getTime()))
  t.same(await spawn(echo, new RangeError('sent')), new RangeError('sent'))
})

t.test('what is shared within a message', async (t) => {
  const one = { a: 1 }
  t.match(await spawn(look, [one, one]), { isSame: true })
  t.match(await spawn(look, [one, { a: 1 }]), { isSame: false })
  const value: Record<string, unknown> = { map: new Map() }
  value.self = value
  ;(value.map as Map<unknown, unknown>).set(value, value)
  t.equal(await spawn(cyclic, value), true)
  const returned = (await spawn(echo, value)) as typeof value
  t.equal(returned.self, returned)
  t.match(await spawn(look, Buffer.from('pooled')), { isBuffer: true, backing: 6 }, 'what lies beside it in the pool is not sent')
})

t.test('64 MiB there and back', async (t) => {
  const bytes = Buffer.alloc(64 * MiB, 1)
  bytes[bytes.length - 1] = 2
  t.equal(await spawn(sum, bytes), 64 * MiB + 1)
  const made = (await spawn(make, 64 * MiB)) as Buffer
  t.equal(made.length, 64 * MiB)
  t.ok(made.equals(Buffer.alloc(64 * MiB, 7)))
  const [one, two] = (await spawn(echo, [bytes, new Uint8Array(bytes.buffer, bytes.byteOffset, 5)])) as [Buffer, Uint8Array]
  t.ok(one.equals(bytes))
  t.same([...two], [1, 1, 1, 1, 1])
})

t.test('pids', async (t) => {
  const handle = spawn(who, pid())
  const [own, parent, isParent] = (await handle) as [Pid, Pid, boolean]
  t.ok(own instanceof Pid)
  t.ok(own.equals(handle.pid))
  t.ok(parent.equals(pid()))
  t.equal(isParent, true)
  t.match(String(own), /^[0-9a-f]{7}$/)
})

t.test('tasks', async (t) => {
  t.same(await spawn(callGiven, add, 1, 2), [3, 'function'], 'a child starts it')
  t.equal(await spawn(callHere, add, 1, 2), 3, 'a child that has its module calls it')
  t.equal(await spawn(call, call, call, add, 1, 2), 3)
  t.equal(await spawn(giveTask), look, 'it comes back as itself')
  t.same(await spawn(echo, { deep: new Map([['task', add]]) }), { deep: new Map([['task', add]]) })
  t.equal(await spawn(fibonacci, 6), 8)
})

t.test('signals among the arguments', async (t) => {
  const controller = new AbortController()
  const { signal } = controller
  const handle = spawn(awaitSignal, { signal }, signal)
  setTimeout(() => controller.abort(new RangeError('enough')), 100)
  t.match(await handle, [true, true, { name: 'RangeError', message: 'enough' }])
  t.match(await spawn(awaitSignal, { signal: AbortSignal.abort('before') }), [true, false, 'before'])
  t.match(await spawn(awaitSignal, { signal: AbortSignal.timeout(50) }), [true, false, { name: 'TimeoutError' }])
})
