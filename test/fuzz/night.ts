// `npm run fuzz`: every property, with many cases. Another seed each time, unless one is given.
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { pure, real } from './properties/index.js'
import { nightFactor } from './property.js'

const help = `npm run fuzz -- [options]
  --seed N    the cases of that seed; default: a random one, which is said
  --only TEXT properties with that text in their name
  --cases N   that many cases of each; default: ${nightFactor} times as many as npm test
  --path P    one counterexample of --seed and --only, as it was said`

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    only: { type: 'string' },
    cases: { type: 'string' },
    path: { type: 'string' },
    help: { type: 'boolean' },
  },
})
if (values.help === true) {
  console.log(help)
  process.exit()
}

const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed)
const chosen = [...pure, ...real].filter(({ name }) => name.includes(values.only ?? ''))
if (chosen.length === 0 || !Number.isInteger(seed)) {
  console.error(help)
  process.exit(2)
}

console.log(`seed ${seed}, again with: npm run fuzz -- --seed ${seed}`)
let total = 0
let failed = 0
for (const property of chosen) {
  if (property.skip !== false) {
    console.log(`skipped: ${property.skip}  ${property.name}`)
    continue
  }
  const cases = values.cases === undefined ? property.cases * nightFactor : Number(values.cases)
  const started = performance.now()
  let tried = 0
  let shown = started
  const onCase = () => {
    tried++
    if (!process.stderr.isTTY || performance.now() - shown < 200) return
    shown = performance.now()
    process.stderr.write(`\r${tried} of ${cases}  ${property.name}\x1b[K`)
  }
  const verdict = property.try({ seed, cases, path: values.path, onCase })
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  total += verdict.cases
  console.log(
    `${verdict.failure === undefined ? 'holds ' : 'FAILS '} ${String(verdict.cases).padStart(6)} cases ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${property.name}`,
  )
  if (verdict.failure === undefined) continue
  failed++
  console.log(verdict.failure)
}
console.log(`\n${total} cases, ${chosen.length - failed} properties hold, ${failed} do not; seed ${seed}`)
process.exitCode = failed === 0 ? 0 : 1
