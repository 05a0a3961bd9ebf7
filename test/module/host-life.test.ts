// What a module means for the life of its host: it does not keep it running, is not forgotten silently, and leaves nothing behind.
import '../posix-only.js'
import { join } from 'node:path'
import { isNight, observe, root } from '../support.js'
import t from '../tap.js'
import { isolations, module } from './hosts.js'

for (const isolation of isolations) {
  t.test(`a host with a module in a ${isolation}`, async (t) => {
    const idle = await observe(process.execPath, [module('idle-host.mjs'), isolation])
    t.match(idle, { stdout: 'loaded\n', stderr: '', code: 0 }, 'ends where it has nothing more to do')
    const calling = await observe(process.execPath, [module('idle-host.mjs'), isolation, 'calling'])
    t.match(calling, { stdout: 'loaded\nslow\n', stderr: '', code: 0 }, 'waits for a call')
  })

  t.test(`what a module in a ${isolation} writes goes where the host's goes`, async (t) => {
    const { stdout, stderr } = await observe(process.execPath, [module('writing-host.mjs'), isolation])
    t.equal(stdout, 'module\nhost\n')
    t.equal(stderr, 'module, to stderr\n')
  })

  t.test(`loaded and unloaded again and again, in a ${isolation}`, async (t) => {
    const cycles = (isNight ? 5 : 1) * (isolation === 'worker' ? 60 : 6)
    const { stdout, stderr } = await observe(process.execPath, ['--expose-gc', module('cycling-host.mjs'), isolation, String(cycles)])
    t.equal(stderr, '')
    const { heap, descriptors, threads, processes } = JSON.parse(stdout) as Record<string, number>
    // 1 MB in 1,000 cycles is the target, which the bench measures. One that kept a module's state keeps 10 KB a cycle and more.
    t.ok((heap as number) < 1_000_000, `${heap} bytes`)
    t.same([descriptors, threads, processes], [0, 0, 0], 'descriptors, threads, processes')
  })
}

t.test('a module that nobody can unload any more', async (t) => {
  const run = async (how: string) => {
    const { stdout, stderr } = await observe(process.execPath, ['--expose-gc', module('dropping-host.mjs'), module('arithmetic.mjs'), how])
    t.match(stderr, how === 'dropped' ? /BROOD_MODULE_DROPPED/ : /^$/)
    return JSON.parse(stdout) as { warnings: { code: string; message: string }[]; sum: unknown }
  }
  const { warnings } = await run('dropped')
  t.equal(warnings.length, 1, 'once')
  t.match(warnings[0], { code: 'BROOD_MODULE_DROPPED', message: /^Module "arithmetic" \(file:.*arithmetic\.mjs\) was dropped/ })
  t.same((await run('unloaded')).warnings, [])
  t.same((await run('without unloading')).warnings, [])
  t.same(await run('kept function'), { warnings: [], sum: { ok: true, value: 3 } }, 'one of its functions is enough')
})

t.test('under brood run', async (t) => {
  for (const isolation of isolations) {
    const { stdout, stderr, code } = await observe(process.execPath, [
      join(root, 'dist/cli.cjs'),
      'run',
      '--require',
      module('names-thread.cjs'),
      '--',
      process.execPath,
      module('idle-host.mjs'),
      isolation,
      'calling',
    ])
    t.same({ stderr, code }, { stderr: '', code: 0 })
    // The code of a module is the user's: what is to be first everywhere is first there, too.
    const place = isolation === 'worker' ? 'first in a thread\n' : 'first in a process\n'
    t.same(stdout, `first in a process\n${place}loaded\nslow\n`)
  }
})
