import { readFileSync } from 'node:fs'

interface Package {
  readonly version: string
  readonly engines: { readonly node: string }
}

/** What brood says of itself. */
export function readPackage(): Package {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Package
}
