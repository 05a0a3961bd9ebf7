// npm run test:peers: what other pools get wrong, each seen to go wrong there and right here. Versions: bench/process/peers/package.json.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('program.mjs', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'brood-peers-'))
after(() => rmSync(scratch, { recursive: true, force: true }))
let count = 0

/** Milliseconds after which a program is taken for one that does not end by itself. */
const longest = 8000

/** Runs the program with one pool. */
async function run(pool, deed) {
  const file = join(scratch, `${++count}`)
  const child = spawn(process.execPath, [program, pool, deed, file], { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), longest)
  const [code, signal] = await once(child, 'close')
  clearTimeout(timer)
  return { ...JSON.parse(text.trim().split('\n').at(-1) || '{}'), begun: countLines(file), endsByItself: signal === null && code === 0 }
}

function countLines(file) {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).length
  } catch {
    return 0
  }
}

const saysHow = ({ error }) => error?.exitCode === 3 && typeof error.osPid === 'number' && error.code === 'ERR_BROOD_EXITED'
const saysSignal = ({ killed }) => killed?.error?.signal === 'SIGKILL' && typeof killed.error.osPid === 'number'

/** What is asked of a pool, whether it came out well, and who does not pass. */
const rows = [
  ['a task that ends its process is begun once', 'exit', ({ begun }) => begun === 1, ['jest-worker']],
  ['its error says with which exit code, and of which process', 'exit', saysHow, ['tinypool', 'workerpool', 'jest-worker']],
  ['the error for a killed process has its signal and pid', 'kill', saysSignal, ['tinypool', 'workerpool', 'jest-worker']],
  ['as many processes answer after one was killed', 'kill', ({ processes }) => processes === 2, []],
  ['a Buffer comes back as one', 'buffer', ({ isBuffer }) => isBuffer === true, ['tinypool', 'workerpool']],
  [
    'what cannot be sent is refused, by its place',
    'symbol',
    ({ error }) => /Argument 1/.test(error?.text),
    ['tinypool', 'workerpool', 'jest-worker'],
  ],
  ['what cannot be sent is refused at all', 'symbol', ({ error }) => error !== undefined, ['workerpool']],
  [
    '`throw undefined` throws undefined',
    'throwUndefined',
    ({ thrown }) => thrown?.error?.isUndefined === true,
    ['tinypool', 'workerpool', 'jest-worker'],
  ],
  ['a program that is done ends', 'left', ({ endsByItself }) => endsByItself, ['workerpool', 'jest-worker']],
]

const seen = new Map()
const runOnce = (pool, deed) => {
  const key = `${pool} ${deed}`
  if (!seen.has(key)) seen.set(key, run(pool, deed))
  return seen.get(key)
}

for (const [name, deed, isRight, failing] of rows) {
  test(name, async () => {
    const ours = await runOnce('brood', deed)
    assert.ok(isRight(ours), `brood: ${JSON.stringify(ours)}`)
    for (const peer of failing) {
      const theirs = await runOnce(peer, deed)
      assert.ok(!isRight(theirs), `${peer} passes: ${JSON.stringify(theirs)}`)
    }
  })
}

for (const [pool, survives] of [
  ['brood', false],
  ['tinypool', true],
  ['workerpool', true],
  ['jest-worker', true],
]) {
  test(`${pool}: a busy process ${survives ? 'lives on' : 'ends'} when its root is killed`, async () => {
    const file = join(scratch, `${++count}`)
    const root = spawn(process.execPath, [program, pool, 'busy', file], { stdio: 'ignore' })
    const osPid = await firstLine(file)
    root.kill('SIGKILL')
    await once(root, 'exit')
    const isGone = await goneWithin(osPid, 2000)
    if (!isGone) process.kill(osPid, 'SIGKILL')
    assert.equal(isGone, !survives)
  })
}

test('what is sent before process.exit() arrives', { timeout: 60_000 }, async () => {
  const messages = 1000
  const text = 'x'.repeat(20_000)
  const child = spawn(
    process.execPath,
    ['-e', `for (let n = 0; n < ${messages}; n++) process.send(${JSON.stringify(text)}); process.exit()`],
    { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' },
  )
  let byIpc = 0
  child.on('message', () => byIpc++)
  await once(child, 'close')
  assert.ok(byIpc < messages, `Node's own channel: ${byIpc} of ${messages}`)

  const { spawnWith } = await import('brood/process')
  const { sendAndExit } = await import('./workers/brood.mjs')
  let byBrood = 0
  await assert.rejects(spawnWith({ onProgress: () => byBrood++ }, sendAndExit, messages, text).join(), {
    code: 'ERR_BROOD_EXITED',
    exitCode: 0,
  })
  assert.equal(byBrood, messages)
})

/** Waits until a file has a line. */
async function firstLine(file) {
  const watcher = watch(scratch)
  try {
    while (countLines(file) === 0) await Promise.race([once(watcher, 'change'), wait(1000)])
    return Number(readFileSync(file, 'utf8').split('\n')[0])
  } finally {
    watcher.close()
  }
}

/** There is no event for the end of a process that is nobody's child here. */
async function goneWithin(osPid, milliseconds) {
  const deadline = performance.now() + milliseconds
  while (performance.now() < deadline) {
    try {
      process.kill(osPid, 0)
      if (/^State:\s+Z/m.test(readFileSync(`/proc/${osPid}/status`, 'utf8'))) return true
    } catch {
      return true
    }
    await wait(50)
  }
  return false
}
