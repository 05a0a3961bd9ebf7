// What most children do without: a bundle of its own, loaded when somebody asks for it (late.ts).
export { byteReceiver, byteSender } from './byte-streams.js'
export { configure } from './configure.js'
export { Pool } from './pool.js'
export { Receiver } from './receiver.js'
export { select } from './select.js'
export { Sender } from './sender.js'
export { spawn, spawnWith, trySpawn } from './spawn.js'
export { recvSync, sendSync } from './sync.js'
