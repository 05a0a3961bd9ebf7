// What a program with channels leaves behind, and what keeps it running.
import '../posix-only.js'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'
import { fixture, observe, temporaryDirectory } from '../support.js'
import t from '../tap.js'

t.test('an open channel keeps nothing running, and who waits for it does', async (t) => {
  for (const [args, stdout] of [
    [[], '2\n'],
    [['wait'], '2\nlate\n'],
  ] as const) {
    const seen = await observe(process.execPath, [fixture('process/channels-left-open.mjs'), ...args])
    t.match(seen, { stdout, stderr: '', code: 0 })
  }
})

const program = fixture('process/channels-and-directory.mjs')

async function start(t: Test, args: readonly string[]): Promise<{ directory: string; temporary: string; end: () => Promise<void> }> {
  const temporary = temporaryDirectory(t)
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const ended = once(child, 'close')
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { directory } = JSON.parse(String(line)) as { directory: string }
  return {
    directory,
    temporary,
    async end() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

t.test('the directory is private, and goes with the root', async (t) => {
  const temporary = temporaryDirectory(t)
  const { stdout, code } = await observe(process.execPath, [program, 'end'], { env: { ...process.env, TMPDIR: temporary } })
  t.equal(code, 0)
  t.ok((JSON.parse(stdout) as { directory: string }).directory.startsWith(temporary))
  t.same(readdirSync(temporary), [])
  const relative = await observe(process.execPath, [program, 'end'], { env: { ...process.env, TMPDIR: '.' }, cwd: temporary })
  t.ok(
    (JSON.parse(relative.stdout) as { directory: string }).directory.startsWith(realpathSync(temporary)),
    'processes elsewhere find it, too',
  )
})

t.test('the directory goes where the root was killed, too', async (t) => {
  const { directory, temporary, end } = await start(t, [])
  const { mode, uid } = statSync(directory)
  t.equal(mode & 0o777, 0o700)
  t.equal(uid, process.getuid?.())
  t.ok(readdirSync(directory).length >= 2, 'a socket of each of the two')
  await end()
  // The reaper is another process, and nobody's child.
  while (existsSync(directory)) await wait(5)
  t.same(readdirSync(temporary), [])
})
