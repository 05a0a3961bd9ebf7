// What V8 has compiled in one child is given to the next, and is no more than a short cut.
import '../posix-only.js'
import { cpSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool, type SpawnOptions, spawn, spawnWith } from 'brood/process'
import { observe, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { load, run, said } from './programs.js'

interface Given {
  readonly bytes: number
  readonly isOne: boolean
}

const isGiven = process.platform === 'linux'
const none = { bytes: 0, isOne: true }
const some = { bytes: isGiven ? Number : 0, isOne: true }
const { given, givenBelow, size: sizeOf } = await load<'given' | 'givenBelow' | 'size'>('compiled.mjs')

const kinds: readonly (readonly [name: string, options: SpawnOptions])[] = [
  ['as this process', {}],
  ['with a flag that V8 compiles by', { execArgv: ['--no-lazy-feedback-allocation'] }],
  ['with a flag in NODE_OPTIONS', { env: { NODE_OPTIONS: '--jitless' } }],
  ['with less memory', { resources: { mem: '256 MiB' } }],
]
for (const [name, options] of kinds) {
  t.test(`children ${name}`, async (t) => {
    const [first, second, third] = said(await run('compiled.mjs', [JSON.stringify(options)])) as Given[]
    t.strictSame(first, none, 'there is none yet')
    t.match(second, some)
    t.ok(!isGiven || (second?.bytes ?? 0) > 10_000)
    t.strictSame(third, second)
  })
}

t.test('more code than a socket has room for', async (t) => {
  const seen = said(await run('compiled.mjs', [JSON.stringify({ execArgv: ['--no-lazy'] })]))
  t.strictSame(seen, [none, none, none], 'is not given')
})

t.test('children of one kind after another', async (t) => {
  for (const [name, options] of kinds) {
    const handle = spawnWith(options, given)
    t.equal((await handle).isOne, true, name)
    await handle.gone
  }
  for (const [name, options] of kinds) t.match(await spawnWith(options, given), some, `${name}, once more`)
})

t.test('many kinds of children', async (t) => {
  for (let size = 1; size <= 6; size++) await spawnWith({ execArgv: [`--stack-size=${900 + size}`] }, given).gone
  const handle = spawn(given)
  t.equal((await handle).isOne, true)
  await handle.gone
  t.match(await spawn(given), some, 'the latest ones are kept')
})

t.test('a parent that blocks behind a call with much to send', { skip: !isGiven && 'no code is sent here' }, async (t) => {
  await spawn(sizeOf, '').gone
  // A socket has room for that much, with its child's code or without it.
  for (const length of [0, 20, 40, 60, 80, 100, 120]) {
    const handle = spawn(sizeOf, Buffer.alloc(length * 1024, 1))
    // It has been sent by then, and nothing more is until this process has a turn.
    while (!hasEnded(handle.osPid as number)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    t.equal(await handle, length * 1024)
  }
})

/** There is no event while this process blocks. */
function hasEnded(osPid: number): boolean {
  const [, state] = /\) (\w)/.exec(readFileSync(`/proc/${osPid}/stat`, 'utf8')) ?? []
  return state === 'Z'
}

t.test('below a child, and in a pool', async (t) => {
  await spawn(given).gone
  t.match(await spawn(givenBelow), some, 'a child passes on what it was given')
  await using pool = new Pool({ size: 1 })
  t.match(await pool.run(given), some)
  t.match(await pool.run(given), some)
})

t.test(
  'nobody takes code from a process that may do less',
  { skip: process.getuid?.() !== 0 && 'it takes root to start one' },
  async (t) => {
    const seen = said(await run('compiled.mjs', [JSON.stringify({ gid: process.getgid?.() ?? 0 })])) as Given[]
    t.strictSame(seen, [none, none, none])
  },
)

t.test('the library is replaced while a program runs', async (t) => {
  const copy = join(temporaryDirectory(t), 'node_modules/brood')
  for (const path of ['dist', 'package.json']) cpSync(join(root, path), join(copy, path), { recursive: true })
  const main = join(copy, '../../main.mjs')
  const file = join(copy, 'dist/process.cjs')
  const text = readFileSync(file, 'utf8')
  // npm gives every file the same time.
  utimesSync(file, 0, 0)
  // As long as it was: V8 looks at no more than that.
  const changed = text.replace(
    '"The name of a task must be a text that is not empty."',
    '"THE NAME OF A TASK MUST BE A TEXT THAT IS NOT EMPTY."',
  )
  t.not(changed, text)
  writeFileSync(
    main,
    `import { utimesSync, writeFileSync } from 'node:fs'
import { isChild, spawn, task } from 'brood/process'
const look = task('look', () => { try { task('', () => {}) } catch ({ message }) { return message } })
if (!isChild) {
  const before = [await spawn(look), await spawn(look)]
  writeFileSync(${JSON.stringify(file)}, ${JSON.stringify(changed)})
  utimesSync(${JSON.stringify(file)}, 0, 0)
  console.log(JSON.stringify([...before, await spawn(look), await spawn(look)]))
}
`,
  )
  const small = 'The name of a task must be a text that is not empty.'
  t.strictSame(said(await observe(process.execPath, [main])), [small, small, small.toUpperCase(), small.toUpperCase()])
})

t.test('a child that nobody has started', async (t) => {
  // Its descriptor 3 is not open, or ends at once.
  const entry = join(root, 'dist/process-child.cjs')
  t.match(await observe(process.execPath, [entry]), { code: 1, stdout: '', stderr: '' })
  t.match(await observe('/bin/sh', ['-c', '"$0" "$1" 3</dev/null', process.execPath, entry]), { code: 1, stdout: '', stderr: '' })
})
