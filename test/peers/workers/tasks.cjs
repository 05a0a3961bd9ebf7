// What all of them are asked to do. Of jest-worker each export is a method; the others take it by its name.
const { appendFileSync } = require('node:fs')

module.exports = {
  pid: () => process.pid,
  echo: (value) => value,
  exitWith(file, code) {
    appendFileSync(file, 'begun\n')
    process.exit(code)
  },
  killed() {
    process.kill(process.pid, 'SIGKILL')
    for (;;);
  },
  busy(file) {
    appendFileSync(file, `${process.pid}\n`)
    for (;;);
  },
  throwUndefined() {
    throw undefined
  },
}
