// nyc requires this in every process it gets into, before the program runs. The call stack says who started nyc there.
const { mkdirSync, writeFileSync } = require('node:fs')
const { dirname, join } = require('node:path')

const { NYC_CONFIG, NYC_PROCESS_ID } = process.env
const directory = join(dirname(JSON.parse(NYC_CONFIG).tempDir), 'witness')
mkdirSync(directory, { recursive: true })
writeFileSync(join(directory, `${NYC_PROCESS_ID}.txt`), wholeStack())

function wholeStack() {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = Infinity
  const { stack } = new Error('started by')
  Error.stackTraceLimit = stackTraceLimit
  return stack
}
