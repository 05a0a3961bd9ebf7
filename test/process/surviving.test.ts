// Nothing survives its root, nothing keeps it running, and nothing is left of what has ended.
import '../posix-only.js'
import { spawn as spawnProgram } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { reaperScript, startTime } from '../../lib/process/reaper.js'
import { root as checkout, observe, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { isAlive, program, run, said } from './programs.js'

const hasProc = existsSync('/proc/self/stat')
const shells = ['/bin/sh', '/bin/dash', '/bin/bash', '/usr/bin/busybox'].filter((shell) => existsSync(shell))

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!holds() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10))
}

t.test('a root that is killed', async (t) => {
  const root = spawnProgram(process.execPath, [program('survive/root.mjs')], { stdio: ['ignore', 'pipe', 'ignore'] })
  const started: [name: string, osPid: number][] = []
  for await (const line of createInterface({ input: root.stdout })) {
    started.push(JSON.parse(line) as [string, number])
    if (started.length === 5) break
  }
  t.same(started.map(([name]) => name).sort(), ['busy', 'detached', 'idle', 'nested', 'nested'])
  for (const [name, osPid] of started) t.ok(isAlive(osPid), name)
  root.kill('SIGKILL')
  await once(root, 'exit')
  const [mortal, detached] = [started.filter(([name]) => name !== 'detached'), started.find(([name]) => name === 'detached')?.[1]]
  await until(() => mortal.every(([, osPid]) => !isAlive(osPid)))
  for (const [name, osPid] of mortal) t.notOk(isAlive(osPid), `${name} is gone`)
  t.ok(isAlive(detached), 'who may outlive it does')
  process.kill(detached as number, 'SIGKILL')
})

t.test('the reaper', { skip: !hasProc && 'it goes by /proc here' }, async (t) => {
  for (const shell of shells) {
    const name = shell.endsWith('busybox') ? 'busybox sh' : shell
    const start = () => spawnProgram('sleep', ['1000'], { stdio: 'ignore' })
    const [first, second, other, forgotten, unknown] = [start(), start(), start(), start(), start()]
    const ended = Object.fromEntries([first, second, other, forgotten, unknown].map((child) => [String(child.pid), once(child, 'exit')]))
    // It says when its traps are set: before that a signal would end it.
    const script = reaperScript.replace('\n', '\necho ready\n')
    const reaper = spawnProgram(shell, [...(shell.endsWith('busybox') ? ['sh'] : []), '-c', script], { stdio: 'pipe' })
    let complaints = ''
    reaper.stderr.on('data', (text) => {
      complaints += String(text)
    })
    const line = (change: string, osPid: number | undefined, time = '') => `${change} ${osPid} ${time}\n`
    const lines = [
      line('+', first.pid, startTime(first.pid as number)),
      // Thousands that have come and gone.
      ...Array.from({ length: 3000 }, (_, index) => line('+', 4_000_000 + index, '1') + line('-', 4_000_000 + index)),
      // Its number is another's by now.
      line('+', other.pid, '1'),
      line('+', forgotten.pid, startTime(forgotten.pid as number)),
      line('+', second.pid, startTime(second.pid as number)),
      line('-', forgotten.pid),
      line('-', 4_999_999),
    ]
    await once(reaper.stdout, 'data')
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT'] as const) reaper.kill(signal)
    const from = performance.now()
    reaper.stdin.end(lines.join(''))
    await once(reaper, 'exit')
    const took = performance.now() - from
    t.ok(took < 5000, `${name}: ${Math.round(took)} ms for 6,000 lines`)
    t.equal(complaints, '', name)
    await Promise.all([ended[String(first.pid)], ended[String(second.pid)]])
    t.same([first.signalCode, second.signalCode], ['SIGKILL', 'SIGKILL'], `${name}: those that were not taken back`)
    for (const child of [other, forgotten, unknown]) t.ok(isAlive(child.pid), `${name}: and no others`)
    for (const child of [other, forgotten, unknown]) child.kill('SIGKILL')
  }
})

t.test('the reaper of a root that ends by itself', { skip: !hasProc && 'it goes by /proc here' }, async (t) => {
  for (const shell of shells) {
    const start = (seconds: string) => spawnProgram('sleep', [seconds], { stdio: 'ignore' })
    const [ending, hanging] = [start('0.5'), start('1000')]
    const ended = Promise.all([once(ending, 'exit'), once(hanging, 'exit')])
    const reaper = spawnProgram(shell, [...(shell.endsWith('busybox') ? ['sh'] : []), '-c', reaperScript], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    for (const { pid } of [ending, hanging]) reaper.stdin.write(`+ ${pid} ${startTime(pid as number)}\n`)
    reaper.stdin.end('e\n')
    await ended
    t.same([ending.signalCode, hanging.signalCode], [null, 'SIGKILL'], `${shell}: who ends in time is not killed`)
  }
})

t.test('many processes', { skip: !hasProc && 'it counts descriptors in /proc' }, async (t) => {
  const observation = await observe(process.execPath, ['--expose-gc', program('survive/many.mjs'), '100'])
  const { before, after } = said(observation)
  t.equal(observation.code, 0, observation.stderr)
  t.ok(after.descriptors <= before.descriptors, `${before.descriptors} and ${after.descriptors} descriptors`)
  t.ok(after.heap < before.heap + 1024 ** 2, `${before.heap} and ${after.heap} bytes of heap`)
})

t.test('a thread', async (t) => {
  t.same(said(await run('survive/thread.mjs')), [[3, 2], 7])
})

t.test('a debugger on the root', async (t) => {
  for (const flag of ['--inspect=0', '--inspect=127.0.0.1:0', `--inspect=${await freePort()}`]) {
    const { stdout, stderr, code } = await observe(process.execPath, [flag, program('finding/esm.mjs')])
    t.match(stdout, /^\[\["b",42/, flag)
    t.notMatch(stderr, /address already in use/, flag)
    t.ok((stderr.match(/Debugger listening on/g) ?? []).length >= 2, 'a child has one of its own')
    t.equal(code, 0)
    const byVariable = await observe(process.execPath, [program('finding/esm.mjs')], { env: { ...process.env, NODE_OPTIONS: flag } })
    t.match(byVariable.stdout, /^\[\["b",42/, `NODE_OPTIONS=${flag}`)
    t.notMatch(byVariable.stderr, /address already in use/, flag)
  }
})

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

t.test('coverage', async (t) => {
  const directory = temporaryDirectory(t)
  await observe(process.execPath, [program('finding/esm.mjs')], { env: { ...process.env, NODE_V8_COVERAGE: directory } })
  interface Report {
    readonly result: readonly {
      readonly url: string
      readonly functions: readonly { readonly functionName: string; readonly ranges: readonly { readonly count: number }[] }[]
    }[]
  }
  const reports = readdirSync(directory).map((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as Report)
  const counts = reports.map(
    ({ result }) =>
      result.find(({ url }) => url.endsWith('/helper.mjs'))?.functions.find(({ functionName }) => functionName === 'double')?.ranges[0]
        ?.count,
  )
  t.same(counts, [1, 1], 'of the root and of the child')
})

t.test('under a wrap of brood', async (t) => {
  const wrapper = join(temporaryDirectory(t), 'wrapper.cjs')
  const text = `process.stderr.write('wrapped ' + process.argv.slice(2).length + '\\n'); require(${JSON.stringify(join(checkout, 'dist/index.cjs'))}).runMain()`
  writeFileSync(wrapper, text)
  const script = `require('brood').createContext({ main: ${JSON.stringify(wrapper)} }).patch(); import(${JSON.stringify(program('finding/wrapped.mjs'))})`
  const { stdout, stderr } = await observe(process.execPath, ['-e', script], { cwd: checkout })
  t.equal(stdout, '[3,8]\n')
  t.ok((stderr.match(/^wrapped/gm) ?? []).length >= 2, stderr)
})
