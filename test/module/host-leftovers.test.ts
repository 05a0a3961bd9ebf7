// What a module has left open: each kind is named, with where it was made, and nothing else is.
import '../posix-only.js'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Leftover, UnloadError } from 'brood/module'
import { isNight, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { hasProc, isAlive, isolations, load, module, refused } from './hosts.js'

type Case = readonly [name: string, kind: Leftover['kind'], description: RegExp, hasPlace?: boolean]

const cases: readonly Case[] = [
  ['interval', 'timer', /^setInterval, every 1000 ms$/],
  ['timeout', 'timer', /^setTimeout, in 60000 ms$/],
  ['unref-ed interval', 'timer', /^setInterval, every 1000 ms, unref'd$/],
  ['immediates', 'timer', /^setImmediate$/],
  ['server', 'server', /^server on 127\.0\.0\.1:\d+$/],
  ['http server', 'server', /^server on 127\.0\.0\.1:\d+$/],
  ['server of a path', 'server', /^server of a path$/],
  ['socket', 'socket', /^socket to 127\.0\.0\.1:\d+$/],
  ['UDP socket', 'socket', /^UDP socket on 127\.0\.0\.1:\d+$/],
  ['watcher', 'watcher', /^fs\.watch$/],
  ['watcher of a file', 'watcher', /^fs\.watchFile$/],
  ['child process', 'process', /^process "sleep 60"$/],
  ['child process with pipes', 'process', /^process "sleep 60"$/],
  ['worker', 'worker', /^Worker, thread \d+$/],
  ['file handle', 'file', /^FileHandle, descriptor \d+$/],
  ['descriptor', 'descriptor', /^descriptor \d+, of .*leaves\.mjs$/],
  ['descriptor by a callback', 'descriptor', /^descriptor \d+, of .*leaves\.mjs$/],
  // It opens its file in a later turn.
  ['stream', 'descriptor', /^descriptor \d+, of .*leaves\.mjs$/, false],
  ['global', 'global', /^globalThis\.leftGlobal was added$/, false],
  ['replaced global', 'global', /^globalThis\.queueMicrotask was replaced$/, false],
  ['listener', 'listener', /^process\.on\('warning'\)$/],
  ['variable', 'variable', /LEFT_VARIABLE was added$/, false],
  ['changed variable', 'variable', /PATH was changed$/, false],
  ['hash in the background', 'other', /^crypto\.pbkdf2\(\) that still runs$/],
  ['port', 'other', /^MessagePort that listens$/],
]

const server = createServer().listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
t.teardown(() => server.close())

/** By Linux's /proc: of all its threads. */
const childrenOf = (osPid: number): string[] =>
  readdirSync(`/proc/${osPid}/task`).flatMap((thread) => readFileSync(`/proc/${osPid}/task/${thread}/children`, 'utf8').match(/\d+/g) ?? [])

for (const isolation of isolations) {
  t.test(`in a ${isolation}`, async (t) => {
    const directory = temporaryDirectory(t)
    writeFileSync(join(directory, 'file'), '')
    const all = await load(t, 'leaves.mjs', { isolation })
    const names = await all.exports.names?.()
    t.same(
      names?.ok === true && names.value,
      cases.map(([name]) => name),
      'the table has all that the module can leave',
    )
    await all.unload()
    // By day a third of them in a process: what is seen of them is the same code.
    for (const [index, [name, kind, description, hasPlace = true]] of cases.entries()) {
      if (isolation === 'process' && !isNight && index % 3 !== 0) continue
      const loaded = await load(t, 'leaves.mjs', { isolation })
      t.same(await loaded.exports.leave?.(name, directory, port), { ok: true, value: undefined }, name)
      const { code, leftovers, message } = (await refused(loaded.unload())) as unknown as UnloadError
      t.equal(code, 'ERR_BROOD_RESOURCES_ACTIVE', name)
      t.match(leftovers, [{ kind, description }], name)
      t.equal(leftovers.length, 1, name)
      t.ok(message.includes(leftovers[0]?.description as string), name)
      if (hasPlace) t.match(leftovers[0]?.at, /fixtures\/module\/leaves\.mjs:\d+:\d+$/, name)
      t.equal(leftovers[0]?.osPid !== undefined, kind === 'process', name)
      t.equal(loaded.state, 'loaded', 'it can be used on')
      t.same(await loaded.exports.close?.(), { ok: true, value: undefined }, name)
      const report = await loaded.unload()
      t.same(report.leftovers, [], `${name}, closed`)
    }
  })

  t.test(`all at once in a ${isolation}, by force`, async (t) => {
    const directory = temporaryDirectory(t)
    writeFileSync(join(directory, 'file'), '')
    const loaded = await load(t, 'leaves.mjs', { isolation })
    for (const [name] of cases) await loaded.exports.leave?.(name, directory, port)
    const report = await loaded.unload({ force: true, killChildren: true })
    const kinds = new Set(report.leftovers.map(({ kind }) => kind))
    t.same([...kinds].sort(), [...new Set(cases.map(([, kind]) => kind))].filter((kind) => kind !== 'process').sort())
    t.equal(report.proof.processes.length, 2)
    for (const osPid of report.proof.processes) t.notOk(isAlive(osPid), 'they are gone')
  })

  t.test(`processes that a module in a ${isolation} has started`, async (t) => {
    const loaded = await load(t, 'leaves-processes.mjs', { isolation })
    const answer = await loaded.exports.start?.()
    const osPids = answer?.ok === true ? (answer.value as number[]) : []
    t.equal(osPids.length, 2, 'a shell and its child')
    const { leftovers } = (await refused(loaded.unload())) as unknown as UnloadError
    t.ok(leftovers.every(({ kind }) => kind === 'process'))
    for (const osPid of osPids)
      t.ok(
        leftovers.some((each) => each.osPid === osPid),
        `${osPid} is named`,
      )
    const report = await loaded.unload({ killChildren: true })
    t.same(report.leftovers, [])
    t.same(new Set(report.proof.processes), new Set(osPids))
    for (const osPid of osPids) t.notOk(isAlive(osPid), `${osPid} is gone`)
  })

  t.test(`something else beside children in a ${isolation}: they are not killed`, async (t) => {
    const loaded = await load(t, 'leaves.mjs', { isolation })
    await loaded.exports.leave?.('child process')
    await loaded.exports.leave?.('interval')
    const { leftovers } = (await refused(loaded.unload({ killChildren: true }))) as unknown as UnloadError
    t.same(leftovers.map(({ kind }) => kind).sort(), ['process', 'timer'])
    t.ok(isAlive(leftovers.find(({ kind }) => kind === 'process')?.osPid as number))
    await loaded.exports.close?.()
    await loaded.unload()
  })

  t.test(`children of an endless loop in a ${isolation}`, { skip: !hasProc && 'only Linux knows them' }, async (t) => {
    const loaded = await load(t, 'leaves-processes.mjs', { isolation })
    const call = refused(loaded.exports.startAndLoop?.() as Promise<unknown>)
    // Nothing tells that it has come to the loop but the child that it has started before.
    const of = isolation === 'worker' ? process.pid : (loaded.osPid as number)
    while (childrenOf(of).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const report = await loaded.unload({ force: true, killChildren: true })
    t.equal(report.proof.processes.length, 1)
    t.notOk(isAlive(report.proof.processes[0] as number))
    t.match(await call, { code: 'ERR_BROOD_CANCELLED' })
  })

  t.test(`what is used and closed in a ${isolation}`, async (t) => {
    const loaded = await load(t, 'tidy.mjs', { isolation })
    t.same(await loaded.exports.use?.(), { ok: true, value: 'text' })
    t.same((await loaded.unload()).leftovers, [])
  })

  t.test(`what the host does meanwhile is not the module's, in a ${isolation}`, async (t) => {
    const loaded = await load(t, 'arithmetic.mjs', { isolation })
    const directory = temporaryDirectory(t)
    const timer = setInterval(() => {}, 1000)
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const child = spawn('sleep', ['60'], { stdio: 'ignore' })
    await once(child, 'spawn')
    const fd = openSync(module('arithmetic.mjs'), 'r')
    const watcher = watch(directory)
    const worker = new Worker('setInterval(() => {}, 1000)', { eval: true })
    await once(worker, 'online')
    process.env.OF_THE_HOST = '1'
    const listener = () => {}
    process.on('warning', listener)
    ;(globalThis as { ofTheHost?: number }).ofTheHost = 1
    const other = await load(t, 'leaves.mjs', {})
    await other.exports.leave?.('interval')
    const report = await loaded.unload({ killChildren: true })
    t.same(report.leftovers, [])
    t.same(report.proof.processes, [])
    t.equal(report.proof.descriptors, 0)
    t.ok(isAlive(child.pid as number), "the host's child lives")
    delete (globalThis as { ofTheHost?: number }).ofTheHost
    process.off('warning', listener)
    delete process.env.OF_THE_HOST
    await worker.terminate()
    watcher.close()
    closeSync(fd)
    child.kill('SIGKILL')
    socket.destroy()
    clearInterval(timer)
    await other.unload({ force: true })
  })
}
