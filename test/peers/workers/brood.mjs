// For brood.
import { progress, task } from 'brood/process'
import tasks from './tasks.cjs'

export const { pid, echo, exitWith, killed, busy, throwUndefined } = Object.fromEntries(
  Object.entries(tasks).map(([name, call]) => [name, task(name, call)]),
)

/** All that it sends is to arrive. */
export const sendAndExit = task('sendAndExit', (messages, text) => {
  for (let sent = 0; sent < messages; sent++) progress(text)
  process.exit()
})
