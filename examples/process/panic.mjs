// Panic: what a task throws is thrown where it is joined, as what it was; and a process that just ends is an error that says how. (procspawn)
//   node examples/process/panic.mjs
import { isChild, spawn, spawnWith, task } from 'brood/process'

const parsePort = task('parsePort', (text) => {
  const port = Number(text)
  if (port > 65_535) throw Object.assign(new RangeError(`${text} is no port`, { cause: { text } }), { highest: 65_535 })
  return port
})

const crash = task('crash', () => {
  console.error('about to crash')
  process.kill(process.pid, 'SIGSEGV')
  // A signal takes a moment.
  for (;;);
})

if (!isChild) {
  try {
    await spawn(parsePort, '70000')
  } catch (error) {
    console.log(`${error.name}: ${error.message}`)
    console.log(`a RangeError here too: ${error instanceof RangeError}; highest: ${error.highest}; cause: ${JSON.stringify(error.cause)}`)
    const frames = error.stack.split('\n').filter((line) => line.includes('panic.mjs'))
    console.log('thrown in the child, and called from here:')
    for (const frame of frames) console.log(frame.replace(/file:.*\//, ''))
  }

  try {
    // Of a stderr that is brood's to read, the end is in the error.
    await spawnWith({ stdio: ['ignore', 'inherit', 'pipe'] }, crash)
  } catch ({ name, code, task, signal, exitCode, stderr }) {
    console.log(`\n${name} (${code}):`, { task, signal, exitCode, stderr })
  }

  console.log('\nand this process goes on')
}
