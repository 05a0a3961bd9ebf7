// What people write by hand in CommonJS.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const file = require.resolve('./edited.cjs')
const load = () => {
  // Of what the file requires as well: else a dependency stays the old one.
  for (const path of Object.keys(require.cache)) delete require.cache[path]
  return require(file)
}

export const step = (value) => load().step(value)
export const version = () => load().version()
