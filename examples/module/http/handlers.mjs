// Edit this file, or page.mjs, and save it while main.mjs runs.
import { renderPage } from './page.mjs'

// One object for all versions of this file: the next one goes on counting. In production there is none.
const data = import.meta.hot?.data ?? {}
data.requests ??= 0

// What a version has begun ends with it: otherwise each edit would leave a timer behind.
let before = data.requests
let perSecond = 0
const sampling = setInterval(() => {
  perSecond = data.requests - before
  before = data.requests
}, 1000)
import.meta.hot?.dispose(() => clearInterval(sampling))

const routes = {
  '/': ({ headers }) => renderPage(`Hello from ${headers.host}`, data.requests),
  '/rate': () => `${perSecond} requests in the last second\n`,
}

export function handle(request, response) {
  data.requests++
  const route = routes[request.url]
  response.writeHead(route === undefined ? 404 : 200, { 'content-type': 'text/html' })
  response.end(route?.(request) ?? 'not here\n')
}
