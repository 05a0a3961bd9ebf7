// Fork and join: the work is cut into parts, each part goes to a process of its own, and their results are put together. (constellation)
//   node examples/process/fork-join.mjs [5000000]
import { availableParallelism } from 'node:os'
import { isChild, spawn, task } from 'brood/process'

const countPrimes = task('countPrimes', (from, to) => {
  const start = performance.now()
  let count = 0
  for (let number = from; number < to; number++) if (isPrime(number)) count++
  return { from, to, count, milliseconds: performance.now() - start }
})

// A task may use whatever its module has.
function isPrime(number) {
  if (number < 4) return number > 1
  if (number % 2 === 0) return false
  for (let divisor = 3; divisor * divisor <= number; divisor += 2) if (number % divisor === 0) return false
  return true
}

if (!isChild) {
  const end = Number(process.argv[2] ?? 5_000_000)
  const processes = Math.max(2, availableParallelism())
  const limits = Array.from({ length: processes + 1 }, (_, index) => Math.round((end * index) / processes))

  const start = performance.now()
  const parts = await Promise.all(limits.slice(1).map((to, index) => spawn(countPrimes, limits[index], to)))
  const elapsed = performance.now() - start

  const show = (number, width = 10) => Math.round(number).toLocaleString('en').padStart(width)
  for (const { from, to, count, milliseconds } of parts)
    console.log(`${show(from)} to ${show(to)}: ${show(count, 8)} primes in ${show(milliseconds, 5)} ms`)
  const total = parts.reduce((sum, { count }) => sum + count, 0)
  const work = parts.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  console.log(`\n${show(total, 0)} primes below ${show(end, 0)}: ${show(work, 0)} ms of work, done in ${show(elapsed, 0)} ms`)
}
