// npm run test:nodes: the tests on other versions of Node.js, which it installs beside this file. Linux x64.
// Words behind `--` choose among the runs: `npm run test:nodes -- ways 22`.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const compiled = join(root, '.build/test')
const versions = ['18', '20', '22', '24', '26']
/** brood itself wants 20; older ones are children. */
const roots = versions.slice(1)
const nodeOf = (version) => join(here, `node_modules/node-${version}/bin/node`)

/** The tests of the package as it is built; the others are of pure functions, which are alike everywhere. */
const files = readdirSync(compiled, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js') && / from 'brood(?:\/\w+)?'/.test(readFileSync(join(compiled, file), 'utf8')))
  .filter((file) => file !== 'ways.test.js')
  .toSorted()

const runs = [
  // With root and children on 20 both are the same.
  ...versions.map((version) => ({ row: 'ways, as children', file: 'ways.test.js', version, node: nodeOf('20') })),
  ...roots.slice(1).map((version) => ({ row: 'ways, as roots', file: 'ways.test.js', version, node: nodeOf(version) })),
  { row: 'wrap/workers, as children', file: 'wrap/workers.test.js', version: '18', node: nodeOf('20') },
  ...files.flatMap((file) => roots.map((version) => ({ row: file.replace('.test.js', ''), file, version, node: nodeOf(version) }))),
]

const words = process.argv.slice(2)
const rowWords = words.filter((word) => !versions.includes(word))
const chosen = runs.filter(({ row, version }) => {
  const versionWords = words.filter((word) => versions.includes(word))
  return (versionWords.length === 0 || versionWords.includes(version)) && rowWords.every((word) => row.includes(word))
})

if (!versions.map(nodeOf).every(existsSync)) {
  console.log('Installing Node.js', versions.join(', '))
  const { status } = spawnSync('npm', ['ci', '--prefix', here, '--no-audit', '--no-fund'], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

/** Runs one file of tests by one version of Node, and counts its tests. */
async function run({ file, version, node }) {
  const child = spawn(node, ['--require', join(root, 'test/keep-out.cjs'), join(compiled, file)], {
    cwd: root,
    env: {
      ...process.env,
      BROOD_CHILD_NODE: nodeOf(version),
      BROOD_TEST_NIGHT: '1',
      PATH: `${dirname(nodeOf(version))}${delimiter}${process.env.PATH}`,
      TAP_TIMEOUT: '600',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  const points = text.split('\n').filter((line) => /^(?:not )?ok /.test(line))
  const skipped = points.filter((line) => /# SKIP/i.test(line)).length
  const failed = points.filter((line) => line.startsWith('not ok')).length
  return { text, total: points.length - skipped, skipped, failed, isGood: code === 0 && failed === 0 && points.length > skipped }
}

const results = new Map()
let hasFailed = false
for (const [index, planned] of chosen.entries()) {
  const start = performance.now()
  const result = await run(planned)
  const { text, total, skipped, failed, isGood } = result
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  console.log(
    `[${index + 1}/${chosen.length}] Node ${planned.version}: ${planned.row}: ${total - failed} of ${total} passed, ${skipped} skipped, ${seconds} s`,
  )
  if (!isGood) {
    hasFailed = true
    console.log(describeFailures(text))
  }
  results.set(planned.row, { ...results.get(planned.row), [planned.version]: `${total - failed}/${total}${isGood ? '' : ' FAILED'}` })
}

/** Of the output of a run that failed: the tests that did not pass, and how what was seen differs from what was expected. */
function describeFailures(text) {
  const failures = text.match(/^ *not ok .*|^ *diff:[^]*?(?=\n *at:)|^ *stack:[^]*?(?=\n *\w+:)/gm) ?? []
  return failures.join('\n')
}

const width = Math.max(...[...results.keys()].map((row) => row.length))
const line = (row, cells) => [row.padEnd(width), ...cells.map((cell) => cell.padStart(12))].join(' ')
console.log(`\nPassed per version of Node.js\n${line('', versions)}`)
for (const [row, cells] of results) {
  console.log(
    line(
      row,
      versions.map((version) => cells[version] ?? '-'),
    ),
  )
}
process.exitCode = hasFailed || chosen.length === 0 ? 1 : 0
