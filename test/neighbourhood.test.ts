// The tests are worth something only where tap itself stays out of the processes under test.
import { execFileSync, spawn } from 'node:child_process'
import t from './tap.js'

t.test('a child of a test sees nothing of tap', (t) => {
  const seen = JSON.parse(execFileSync(process.execPath, ['-p', 'JSON.stringify([process.env, process.execArgv])'], { encoding: 'utf8' }))
  t.same(
    Object.keys(seen[0]).filter((name) => /^NODE_OPTIONS$|PROCESSINFO/.test(name)),
    [],
  )
  t.equal(seen[1][0], '-p')
  t.end()
})

t.test('nobody has patched child_process', (t) => {
  const child = spawn(process.execPath, ['-e', '0'], { env: { ONLY: 'this' } })
  t.notMatch(String(Object.getPrototypeOf(child).spawn), 'process-on-spawn')
  t.notOk((spawn as { wrapped?: unknown }).wrapped)
  child.on('exit', () => t.end())
})
