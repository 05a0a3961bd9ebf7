import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const { resolve } = createRequire(import.meta.url)

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

const root = fileURLToPath(new URL('../../', import.meta.url))
const builtEntry = `${root}dist/index.cjs`

export const nycMain = resolve('nyc/bin/nyc.js')

/** Under SPAWN_WRAP_DEBUG the shim directory stays, for a look at it. */
export const keepsShims = process.env.SPAWN_WRAP_DEBUG === '1'

/** What is demonstrated, as `name version`. */
export const names = {
  brood: nameOf(`${root}package.json`),
  nyc: nameOf(resolve('nyc/package.json')),
}

function nameOf(manifest) {
  const { name, version } = readJson(manifest)
  return `${name} ${version}`
}

/** Why the demo would prove nothing: one sentence each. */
export function findObstacles() {
  if (process.platform === 'win32') return ['The program of this demo needs sh and env: it runs on Linux and macOS.']
  if (!existsSync(builtEntry)) return ['dist/ is missing: run `npm run build` first.']
  const resolveFromNyc = createRequire(nycMain).resolve
  if (realpathSync(resolveFromNyc('spawn-wrap')) === realpathSync(builtEntry)) return []
  const found = nameOf(resolveFromNyc('spawn-wrap/package.json'))
  return [`It would not be brood that wraps: nyc finds ${found} as its spawn-wrap. \`npm ci\` puts brood in its place.`]
}
