// Starts itself so many times deep, in turn by name and by path, and says what each sees.
const { spawnSync } = require('node:child_process')
const left = Number(process.argv[2])
console.log(left, process.argv.slice(3), process.env.NODE_OPTIONS, process.execArgv)
if (left > 0) {
  const { stdout, stderr, status } = spawnSync(left % 2 === 0 ? 'node' : process.execPath, [__filename, String(left - 1), 'a b', '"'], {
    encoding: 'utf8',
  })
  process.stdout.write(stdout + stderr)
  process.exitCode = status
}
