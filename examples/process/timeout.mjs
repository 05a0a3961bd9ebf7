// Timeouts: a join that gives up leaves its process alive, to be joined again; `timeout` in the options ends the process. (procspawn)
//   node examples/process/timeout.mjs
import { setTimeout as sleep } from 'node:timers/promises'
import { isChild, spawn, spawnWith, task } from 'brood/process'

const answer = task('answer', async (milliseconds) => {
  await sleep(milliseconds)
  return 42
})

if (!isChild) {
  const handle = spawn(answer, 1000)
  try {
    await handle.join({ timeout: 50 })
  } catch (error) {
    console.log(`${error.name}: ${error.message}`)
    console.log('its process is still there:', process.kill(handle.osPid, 0))
  }
  console.log('joined again, for as long as it takes:', await handle)

  const limited = spawnWith({ timeout: 200 }, answer, 60_000)
  try {
    await limited
  } catch (error) {
    console.log(`${error.code}: ${error.message}`)
  }
}
