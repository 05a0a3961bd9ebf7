// Standard streams: a child writes to its parent's, or into a pipe that the parent reads as it comes; its stdin can be a pipe, too. (procspawn)
//   node examples/process/stdout.mjs
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { isChild, spawn, spawnWith, task } from 'brood/process'

const sayHello = task('sayHello', () => console.log('hello from the child, on the same stdout'))

const countLines = task('countLines', async () => {
  const read = await text(process.stdin)
  for (const line of read.trimEnd().split('\n')) console.log(line.toUpperCase())
  console.error('done')
  return read.length
})

if (!isChild) {
  await spawn(sayHello)

  const handle = spawnWith({ stdio: 'pipe' }, countLines)
  handle.stdin.end('one\ntwo\nthree\n')
  // All that it writes arrives, also what it has written just before its end.
  const errors = text(handle.stderr)
  for await (const line of createInterface({ input: handle.stdout })) console.log(`its stdout: ${line}`)
  console.log(`its stderr: ${(await errors).trim()}`)
  console.log(`its result: ${await handle} characters`)
}
