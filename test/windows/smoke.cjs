// Runs on Windows, in a project that has brood installed. Each case is run bare and wrapped: what it shows must be the same,
// but for the word that the wrapper main says in each process.
const { existsSync, mkdtempSync, readdirSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { isDeepStrictEqual } = require('node:util')
const wrap = require('brood')
const { cases, flaggedCases } = require('./cases.cjs')

// A directory whose name must be quoted, and the short one of a file system that has such is as good.
const shimRoot = mkdtempSync(join(tmpdir(), 'shim root '))
process.env.SPAWN_WRAP_SHIM_ROOT = shimRoot
const directories = () => readdirSync(shimRoot).filter((name) => /^\.node-spawn-wrap-\d/.test(name))

let passed = 0
let failed = 0
function check(name, found, expected) {
  const holds = isDeepStrictEqual(found, expected)
  if (holds) passed++
  else failed++
  console.log(`${holds ? 'ok    ' : 'NOT OK'} ${name}`)
  if (!holds) console.log(`  found    ${JSON.stringify(found)}\n  expected ${JSON.stringify(expected)}`)
}

const [chosen = ''] = process.argv.slice(2)

async function compare({ name, processes, run }, argv) {
  if (!name.includes(chosen)) return
  const bare = await run()
  const unwrap = wrap(argv, { FROM_CONTEXT: 'yes' })
  const wrapped = await run()
  unwrap()
  const lines = wrapped.output.split(/\r?\n/)
  const said = lines.filter((line) => line === 'caught').length
  const output = lines.filter((line) => line !== 'caught')
  check(name, { ...wrapped, output, said }, { ...bare, output: bare.output.split(/\r?\n/), said: processes })
}

async function main() {
  const wrapper = require.resolve('./programs/wrapper.cjs')
  for (const each of cases) await compare(each, [wrapper, 'an "argument" of 100%'])
  for (const each of flaggedCases) await compare(each, ['--allow-natives-syntax', wrapper, 'an "argument" of 100%'])
  const unwrap = wrap([wrapper])
  check('wrap() makes one directory', directories().length, 1)
  unwrap()
  check('unwrap() removes it', directories(), [])
  const { status } = require('node:child_process').spawnSync(process.execPath, [require.resolve('./programs/exits-wrapped.cjs')])
  check('a root that exits removes it', [status, directories()], [3, []])
  check('the preload stays', existsSync(join(shimRoot, '.node-spawn-wrap-store')), true)
  rmSync(shimRoot, { recursive: true, force: true })
  console.log(`\n${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}

main()
