// Recursive spawn: each Fibonacci number asks two processes for the two before it, and so do they. (constellation)
//   node examples/process/fibonacci.mjs [5]
import { isChild, pid, spawn, task } from 'brood/process'

const fibonacci = task('fibonacci', async (n) => {
  if (n < 2) return { n, value: n, pid: pid(), asked: [] }
  const asked = await Promise.all([spawn(fibonacci, n - 1), spawn(fibonacci, n - 2)])
  return { n, value: asked[0].value + asked[1].value, pid: pid(), asked }
})

if (!isChild) {
  const n = Number(process.argv[2] ?? 5)
  const root = await spawn(fibonacci, n)
  for (const line of draw(root)) console.log(line)
  console.log(`\nfibonacci(${n}) is ${root.value}, and ${count(root)} processes found that out.`)
}

/** A process and, below it, those that it has asked. */
function draw({ n, value, pid, asked }) {
  const below = asked.flatMap((each, index) => {
    const [first, others] = index === asked.length - 1 ? ['└─ ', '   '] : ['├─ ', '│  ']
    return draw(each).map((line, at) => (at === 0 ? first : others) + line)
  })
  return [`fibonacci(${n}) = ${value}  by ${pid}`, ...below]
}

function count({ asked }) {
  return asked.reduce((sum, each) => sum + count(each), 1)
}
