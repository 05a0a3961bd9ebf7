// Join: a handle is there at once, several processes run at the same time, and each is joined for what its task returns. (procspawn)
//   node examples/process/join.mjs
import { setTimeout as sleep } from 'node:timers/promises'
import { isChild, spawn, task } from 'brood/process'

const measure = task('measure', async (word, milliseconds) => {
  await sleep(milliseconds)
  return { word, length: word.length, when: new Date(), by: process.pid }
})

if (!isChild) {
  const start = Date.now()
  const handles = ['slow', 'quick', 'in between'].map((word, index) => spawn(measure, word, [600, 0, 300][index]))
  for (const { pid, osPid } of handles) console.log('spawned %s, which the system calls %d', pid, osPid)

  // In the order of spawning; a handle can be awaited like a promise, too.
  for (const handle of handles) {
    const { word, length, when, by } = await handle.join()
    // A Date is a Date, as structured clone has it.
    console.log(`"${word}" has ${length} characters, says process ${by} ${when - start} ms after the start`)
  }
  console.log('joined again:', (await handles[0]).word)
}
