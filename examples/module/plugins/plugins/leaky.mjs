// Leaves a timer and a socket open, so that it is not unloaded: the host is told which, and where they were made.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { defineModule } from 'brood/module'

const socket = createSocket('udp4').bind(0, '127.0.0.1')
await once(socket, 'listening')

let calls = 0
setInterval(() => socket.send(`${calls} calls`, socket.address().port, '127.0.0.1'), 60_000).unref()

export default defineModule({
  exports: {
    transform(text) {
      calls++
      return [...text].toReversed().join('')
    },
  },
})
