// The main of the thread that watches files. A thread of its own sees changes while the program is busy, and tells them by a number in memory.
import { parentPort, workerData } from 'node:worker_threads'
import { FileWatcher } from './watch-files.js'
import type { WatchRequest } from './watch-request.js'

const { flags } = workerData as { readonly flags: Int32Array }
const tell = () => {
  Atomics.add(flags, 0, 1)
}
const watcher = new FileWatcher(tell)

parentPort?.on('message', (request: WatchRequest) => {
  if (request.kind === 'remind') {
    setTimeout(tell, request.milliseconds)
    return
  }
  watcher.watch(request.paths)
  // What was written until now is not told otherwise.
  tell()
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
  parentPort?.postMessage('watching')
})
