// Who knows the socket of a process, and does not belong to the tree.
import '../posix-only.js'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, statSync, symlinkSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { encodeFrame } from '../../lib/process/frame.js'
import { greet } from '../../lib/process/handshake.js'
import { doorPath, openDirectory } from '../../lib/process/tree-directory.js'
import { fixture, temporaryDirectory } from '../support.js'
import t from '../tap.js'

t.setTimeout(60_000)

interface Tree {
  readonly root: ChildProcess
  readonly directory: string
  readonly token: string
  /** Of the child. */
  readonly child: string
}

/** Starts a program that has channels to and from a child. */
async function start(t: Test): Promise<Tree> {
  const root = spawn(process.execPath, [fixture('process/channels-and-directory.mjs'), 'talk'], {
    env: { ...process.env, TMPDIR: temporaryDirectory(t) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.teardown(() => root.kill('SIGKILL'))
  const [line] = (await once(root.stdout, 'data')) as [Buffer]
  return { root, ...(JSON.parse(String(line)) as Omit<Tree, 'root'>) }
}

/** The child still doubles what it is told. */
async function talk(root: ChildProcess): Promise<string> {
  root.stdin?.write('21\n')
  const [line] = (await once(root.stdout as NonNullable<typeof root.stdout>, 'data')) as [Buffer]
  return String(line).trim()
}

async function untilClosed(socket: Socket): Promise<number> {
  let read = 0
  socket.on('data', (chunk) => {
    read += chunk.length
  })
  socket.on('error', () => {})
  // Not `once`, which throws what it may well be told: ECONNRESET.
  await new Promise((resolve) => socket.once('close', resolve))
  return read
}

const name = { from: '0'.repeat(32), to: '1'.repeat(32) }

t.test('whatever comes, nothing is told and nothing changes', async (t) => {
  const { root, directory, token, child } = await start(t)
  const frame = Buffer.concat(encodeFrame({ type: 6, id: 0, value: { format: 'json', body: '"forged"', buffers: [] } }))
  const rows: [name: string, send: (socket: Socket) => void][] = [
    ['nothing at all', (socket) => socket.end()],
    ['half a greeting', (socket) => socket.end('brood ch1')],
    ['garbage', (socket) => socket.write(Buffer.alloc(100_000, 'GET / HTTP/1.1\r\n'))],
    ['a frame', (socket) => socket.end(Buffer.concat([frame, Buffer.alloc(200)]))],
    ['another token', (socket) => void greet(socket, `${token}x`, { role: 'sender', name }).catch(() => socket.destroy())],
    ['a greeting, and no proof', (socket) => socket.end(Buffer.concat([Buffer.from('brood ch1'), Buffer.alloc(49 + 32)]))],
  ]
  for (const [what, send] of rows) {
    const socket = connect(doorPath(directory, child))
    await once(socket, 'connect')
    const closed = untilClosed(socket)
    send(socket)
    const read = await closed
    t.ok(read <= 48, `${what}: ${read} bytes, no more than a challenge`)
    t.equal(await talk(root), '42', what)
  }
})

t.test('one that belongs to the tree, and then speaks something else', async (t) => {
  const { root, directory, token, child } = await start(t)
  const socket = connect(doorPath(directory, child))
  await once(socket, 'connect')
  await greet(socket, token, { role: 'sender', name: { from: name.from, to: child } })
  const closed = untilClosed(socket)
  socket.write(Buffer.alloc(1000, 0xff))
  await closed
  t.equal(await talk(root), '42')
})

t.test('a directory that is not private is not used', (t) => {
  const parent = temporaryDirectory(t)
  const path = join(parent, 'tree')
  openDirectory(path)
  t.equal(statSync(path).mode & 0o777, 0o700)
  openDirectory(path)
  chmodSync(path, 0o750)
  t.throws(() => openDirectory(path), { code: 'EEXIST' })
  mkdirSync(join(parent, 'mine'), { mode: 0o700 })
  symlinkSync(join(parent, 'mine'), join(parent, 'link'))
  t.throws(() => openDirectory(join(parent, 'link')), { code: 'EEXIST' }, 'a link to one')
  t.end()
})

t.test('the directory of another user is not used', { skip: process.getuid?.() === 0 ? false : 'only root can do that' }, (t) => {
  const path = join(temporaryDirectory(t), 'tree')
  mkdirSync(path, { mode: 0o700 })
  const seteuid = process.seteuid as (id: number) => void
  seteuid(65534)
  try {
    t.throws(() => openDirectory(path))
  } finally {
    seteuid(0)
  }
  t.end()
})
