// A pool: two processes draw the Mandelbrot set, a row a call, and `map` gives the rows in their order as they are done. (constellation)
//   node examples/process/process-pool.mjs
import { isChild, Pool, pid, task } from 'brood/process'

const width = 78
const height = 23
const shades = ' .:-=+*#%@'
const deepest = 20_000

const drawRow = task('drawRow', (row) => {
  const y = (row / (height - 1)) * 2.4 - 1.2
  const points = Array.from({ length: width }, (_, column) => stepsAt((column / (width - 1)) * 3.2 - 2.2, y))
  return { text: points.map(shadeOf).join(''), by: pid() }
})

/** How many steps a point takes to leave: those that never do are in the set. */
function stepsAt(x, y) {
  let a = 0
  let b = 0
  for (let steps = 0; steps < deepest; steps++) {
    if (a * a + b * b >= 4) return steps
    const next = a * a - b * b + x
    b = 2 * a * b + y
    a = next
  }
  return deepest
}

const shadeOf = (steps) => (steps === deepest ? shades.at(-1) : shades[Math.min(shades.length - 2, Math.floor(Math.log2(steps) * 1.5))])

if (!isChild) {
  const pool = new Pool({ size: 2 })
  const rows = new Map()
  for await (const { text, by } of pool.map(drawRow, Array(height).keys())) {
    console.log(text.trimEnd())
    rows.set(by.id, (rows.get(by.id) ?? 0) + 1)
  }
  // `await using pool = …` does it at the end of the block, since Node.js 24.
  await pool.shutdown()
  const shares = [...rows].map(([id, number]) => `${number} by ${id.slice(0, 7)}`)
  console.log(`${height} rows: ${shares.join(', ')}`)
}
