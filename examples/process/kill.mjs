// Kill: a process is ended at once, or told by a signal and given a second to put things in order. (procspawn)
//   node examples/process/kill.mjs
import { setTimeout as sleep } from 'node:timers/promises'
import { isChild, signal, spawn, spawnWith, task } from 'brood/process'

const sleepLong = task('sleepLong', () => sleep(60_000))

/** It hears that its caller has given up. */
const tidyUp = task('tidyUp', async () => {
  console.log('task: working')
  await sleep(60_000, undefined, { signal: signal() }).catch(() => {})
  console.log(`task: told to stop (${signal().reason}), and stops`)
})

if (!isChild) {
  const killed = spawn(sleepLong)
  killed.kill()
  console.log(await failureOf(killed))

  const controller = new AbortController()
  const aborted = spawnWith({ signal: controller.signal, stdio: ['ignore', 'pipe', 'inherit'] }, tidyUp)
  // The task is told when it has begun, so its first line is waited for.
  aborted.stdout.setEncoding('utf8').once('data', () => controller.abort('lunch'))
  aborted.stdout.on('data', (text) => process.stdout.write(text))
  console.log(await failureOf(aborted))
}

async function failureOf(handle) {
  try {
    return `returned ${await handle}`
  } catch ({ name, code, message }) {
    return `${name} (${code}): ${message}`
  }
}
