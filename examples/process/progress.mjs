// Progress: each call tells how far it is, and every one has a bar, drawn in place on a terminal. Elsewhere, a line for each call that is done.
//   node examples/process/progress.mjs [1500000]
import { isChild, Pool, progress, task } from 'brood/process'
import { showBars } from './progress-bars.mjs'

const steps = 40

/** The number below `to` that takes most steps to 1 by halving what is even and taking 3n + 1 of what is odd. */
const findLongest = task('findLongest', (from, to) => {
  const best = { number: from, length: 0 }
  for (let step = 0; step < steps; step++) {
    const end = Math.round(from + ((to - from) * (step + 1)) / steps)
    for (let number = Math.round(from + ((to - from) * step) / steps); number < end; number++) {
      const length = lengthFrom(number)
      if (length > best.length) Object.assign(best, { number, length })
    }
    progress((step + 1) / steps)
  }
  return best
})

function lengthFrom(start) {
  let length = 1
  for (let number = start; number > 1; length++) number = number % 2 === 0 ? number / 2 : 3 * number + 1
  return length
}

if (!isChild) {
  const end = Number(process.argv[2] ?? 1_500_000)
  const calls = 6
  const limits = Array.from({ length: calls + 1 }, (_, index) => Math.max(1, Math.round((end * index) / calls)))
  const show = (number) => number.toLocaleString('en')

  const bars = showBars(limits.slice(1).map((to) => `up to ${show(to)}`))
  const pool = new Pool({ size: 2 })
  const results = await Promise.all(
    bars.map((bar, index) => {
      const call = pool.runWith({ onProgress: (share) => bar.set(share) }, findLongest, limits[index], limits[index + 1])
      return call.then((best) => {
        bar.end(`${best.length} from ${show(best.number)}`)
        return best
      })
    }),
  )
  await pool.shutdown()
  const { number, length } = results.reduce((one, other) => (other.length > one.length ? other : one))
  console.log(`The longest chain that starts below ${show(end)} starts at ${show(number)}: ${length} numbers.`)
}
