// What can be run is written down, and what is written down can be run.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './support.js'
import t from './tap.js'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts)

/** The names behind `npm run`, and those of npm that need no `run`. */
const namesIn = (text: string) => [
  ...[...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name]) => name as string),
  ...(/\bnpm test\b/.test(text) ? ['test'] : []),
]

t.test('CONTRIBUTING.md says of each script what it does', (t) => {
  t.same(new Set(namesIn(read('CONTRIBUTING.md'))), new Set(scripts.filter((name) => name !== 'prepare')))
  t.end()
})

t.test('every script that is named anywhere is there', (t) => {
  const workflows = readdirSync(join(root, '.github/workflows')).map((name) => join('.github/workflows', name))
  for (const file of ['README.md', 'ARCHITECTURE.md', '.ci/run', ...workflows]) {
    for (const name of namesIn(read(file))) t.ok(scripts.includes(name), `${name} in ${file}`)
  }
  t.end()
})
