// Workers that are given more than one call at a time answer by a pipe, where there can be one: nobody but the system sees a difference.
import '../posix-only.js'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual, promisify } from 'node:util'
import { type BroodError, Pool, type Task } from 'brood/process'
import { fixture, temporaryDirectory } from '../support.js'
import t from '../tap.js'

interface Tasks {
  readonly add: Task<(a: number, b: number) => number>
  readonly echo: Task<(value: unknown) => unknown>
  readonly exit: Task<(code: number) => never>
  readonly processId: Task<() => number>
  readonly stepsAtOnce: Task<(number: number) => number>
  readonly mark: Task<(file: string, id: number) => number>
}

t.setTimeout(60_000)
const scratch = temporaryDirectory(t)
// The directory of the tree is where the first call of brood says so.
process.env.TMPDIR = scratch
const tasks = (await import(fixture('process/pool-tasks.mjs'))) as Tasks
// Not in front of an await: tap takes the file for ended then.
t.equal(tmpdir(), scratch)
const isLinux = existsSync('/proc/self/fd')

/** The pipes that a process has open and that brood has made. */
function pipesOf(osPid: number): string[] {
  const directory = `/proc/${osPid}/fd`
  const targets = readdirSync(directory).map((name) => {
    try {
      return readlinkSync(join(directory, name))
    } catch {
      return ''
    }
  })
  return targets.filter((target) => target.startsWith(scratch) && target.includes('/by-'))
}

const leftBehind = () => readdirSync(scratch, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('by-'))

/** There is no event for it: it is looked at until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 20_000
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`it never came to ${isSo.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Calls until it answers by a pipe. There is no event for that. */
async function untilPiped(pool: Pool): Promise<number> {
  const end = performance.now() + 20_000
  while (performance.now() < end) {
    const osPid = await pool.run(tasks.processId)
    if (pipesOf(osPid).length === 1) return osPid
  }
  throw new Error('it never came to a pipe')
}

t.test('where there is one, and no name of it is left', { skip: isLinux ? false : 'there is no /proc to see it in' }, async (t) => {
  await using pool = new Pool({ size: 1, prefetch: 8 })
  const osPid = await untilPiped(pool)
  t.ok(pipesOf(osPid)[0]?.endsWith(' (deleted)'), 'the name is gone')
  t.same(leftBehind(), [])
  await using one = new Pool({ size: 1 })
  t.same(pipesOf(await one.run(tasks.processId)), [], 'one answer at a time goes as it went')
})

t.test('what a call sends comes in order, before and after', async (t) => {
  await using pool = new Pool({ size: 2, prefetch: 16 })
  const calls = Array.from({ length: 1500 }, async (_, index) => {
    const number = index % 7
    let last = 0
    const onProgress = (step: unknown) => {
      t.equal(step, ++last)
    }
    t.equal(await pool.runWith({ onProgress }, tasks.stepsAtOnce, number), number)
    return last === number
  })
  t.ok((await Promise.all(calls)).every(Boolean), 'none came behind its answer')
})

for (const [name, value] of [
  ['a large buffer', new Uint8Array(5_000_000).map((_, index) => index % 251)],
  ['a long text', 'ü€😀'.repeat(500_000)],
  ['many small values', Array.from({ length: 20_000 }, (_, index) => ({ index, text: `${index}` }))],
] as const) {
  t.test(`${name} through it`, async (t) => {
    await using pool = new Pool({ size: 1, prefetch: 4 })
    if (isLinux) await untilPiped(pool)
    const answers = await Promise.all(Array.from({ length: 6 }, () => pool.run(tasks.echo, value)))
    for (const answer of answers) t.ok(isDeepStrictEqual(answer, value))
  })
}

t.test('more than the system keeps, and then an end', async (t) => {
  const file = join(scratch, 'ledger')
  await using pool = new Pool({ size: 1, prefetch: 64 })
  if (isLinux) await untilPiped(pool)
  const text = 'x'.repeat(50_000)
  const before = Array.from({ length: 30 }, (_, index) => pool.run(tasks.echo, `${index}${text}`))
  const marked = pool.run(tasks.mark, file, 1)
  const exit = pool.run(tasks.exit, 3)
  const behind = Array.from({ length: 10 }, (_, index) => pool.run(tasks.add, index, 1))
  // It is given all of them, and nobody reads what it answers.
  await new Promise(setImmediate)
  const end = performance.now() + 300
  while (performance.now() < end);
  t.same(
    await Promise.all(before),
    [...before.keys()].map((index) => `${index}${text}`),
  )
  t.equal(await marked, 1)
  await t.rejects(exit.join(), { code: 'ERR_BROOD_EXITED', exitCode: 3 })
  t.same(
    await Promise.all(behind),
    [...behind.keys()].map((index) => index + 1),
  )
  t.equal(readFileSync(file, 'utf8'), '1\n', 'it was run once')
})

t.test('what it has answered counts, however it ends', async (t) => {
  const file = join(scratch, 'killed')
  await using pool = new Pool({ size: 1, prefetch: 64, stdio: 'ignore' })
  let next = 0
  for (let round = 0; round < 10; round++) {
    const osPid = isLinux ? await untilPiped(pool) : await pool.run(tasks.processId)
    const answers = Array.from({ length: 200 }, async (_, index) => {
      const id = next++
      const call = pool.run(tasks.mark, file, id)
      try {
        t.equal(await call, id)
      } catch (error) {
        t.equal((error as BroodError).code, 'ERR_BROOD_EXITED')
      }
      if (index === round * 10) process.kill(osPid, 'SIGKILL')
    })
    await Promise.all(answers)
  }
  const marks = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  t.equal(new Set(marks).size, marks.length, 'none was begun twice')
  t.ok(marks.length >= next - 10, 'no more than one of each process is missing')
})

t.test('where there is no program that makes one', async (t) => {
  const { PATH } = process.env
  process.env.PATH = scratch
  t.teardown(() => {
    process.env.PATH = PATH
  })
  await using pool = new Pool({ size: 2, prefetch: 8 })
  const sums = await Promise.all(Array.from({ length: 500 }, (_, index) => pool.run(tasks.add, index, 1)))
  t.same(
    sums,
    [...sums.keys()].map((index) => index + 1),
  )
  if (isLinux) t.same(pipesOf(await pool.run(tasks.processId)), [])
})

t.test('processes that end before it is made', async (t) => {
  for (let round = 0; round < 5; round++) {
    await using pool = new Pool({ size: 1, prefetch: 2 })
    await t.rejects(pool.run(tasks.exit, round).join(), { code: 'ERR_BROOD_EXITED', exitCode: round })
  }
})

t.test('a process that outlives its root makes no directory, which nobody would remove', async (t) => {
  const temporary = join(scratch, 'orphan')
  const file = join(scratch, 'orphan-sum')
  mkdirSync(temporary)
  // The reaper of its root removes that one's directory, and may take its time.
  writeFileSync(`${file}-wait`, '')
  const env = { ...process.env, TMPDIR: temporary }
  await promisify(execFile)(process.execPath, [fixture('process/orphan-pool.mjs'), file], { env })
  await until(() => readdirSync(temporary).length === 0)
  rmSync(`${file}-wait`)
  await until(() => existsSync(file) && readFileSync(file, 'utf8') === '3')
  t.same(readdirSync(temporary), [])
})

t.test('nothing of them is left', (t) => {
  t.same(leftBehind(), [])
  if (isLinux) t.same(pipesOf(process.pid), [])
  t.end()
})
