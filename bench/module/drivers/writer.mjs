// An editor: a process of its own that writes a file when it is asked to, and says when it was done, by the clock that all processes have.
import { renameSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'

for await (const line of createInterface({ input: process.stdin })) {
  const { path, text, isAtomic } = JSON.parse(line)
  // People do not save twice in a moment, and some tools would not see it. Meanwhile the other process is in its loop.
  await wait(300)
  if (isAtomic) {
    writeFileSync(`${path}~`, text)
    renameSync(`${path}~`, path)
  } else writeFileSync(path, text)
  console.log(String(process.hrtime.bigint()))
}
