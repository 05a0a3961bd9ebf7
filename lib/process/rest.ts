// What most children do without: a bundle of its own, loaded when somebody asks for it (late.ts).
import { nameClasses } from './name-classes.js'
import { Pool } from './pool.js'
import { Receiver } from './receiver.js'
import { Sender } from './sender.js'

export { byteReceiver, byteSender } from './byte-streams.js'
export { configure } from './configure.js'
export { select } from './select.js'
export { spawn, spawnWith, trySpawn } from './spawn.js'
export { recvSync, sendSync } from './sync.js'
export { Pool, Receiver, Sender }

nameClasses({ Pool, Receiver, Sender })
