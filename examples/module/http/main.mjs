// HTTP handlers that are edited while the server runs. Connections stay open: one from before an edit is answered by the new handlers.
//   PORT=8080 node examples/module/http/main.mjs
import { createServer } from 'node:http'
import { relative } from 'node:path'
import { hot, hotHandle } from 'brood/module'

const handlers = await hot(import.meta.url, './handlers.mjs', () => import('./handlers.mjs'), { required: ['handle'] })

// The same function object for ever: it can be handed over as it is.
const server = createServer(handlers.handle)
server.listen(process.env.PORT ?? 8080, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`))

// In production there is no handle, nothing is watched, and `handlers` is the module itself.
hotHandle(handlers)
  ?.on('reload', ({ version, files }) => console.log(`version ${version}: ${files.map(shorten).join(', ')}`))
  .on('error', ({ message, frame }) => console.log(`kept the old version: ${message}\n${frame ?? ''}`))

const shorten = (path) => relative(import.meta.dirname, path)
