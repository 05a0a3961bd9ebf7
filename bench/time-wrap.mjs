// In a process of its own: the nanoseconds of loading a tool, of its first wrap() and unwrap(), and the median of later ones.
// argv: node, this file, the tool
import { median } from './statistics.mjs'
import { loadWrap, wrapArguments } from './tools.mjs'

const laterCalls = 11

const [tool] = process.argv.slice(2)
const { result: wrap, time: load } = time(() => loadWrap(tool))
const { time: first } = time(wrapOnce)
const later = median(Array.from({ length: laterCalls }, () => time(wrapOnce).time))
process.stdout.write(JSON.stringify({ load, first, later }))

function wrapOnce() {
  wrap(...wrapArguments(tool, { flags: [], wrapper: 'cjs' }))()
}

function time(run) {
  const start = process.hrtime.bigint()
  const result = run()
  return { result, time: Number(process.hrtime.bigint() - start) }
}
