// The main module of a relaying thread. It has nothing of the rest of the library: no task runs there.
import { workerData } from 'node:worker_threads'
import { serveRelays } from './serve-relays.js'
import type { RelayThreadData } from './thread-wire.js'

serveRelays(workerData as RelayThreadData)
