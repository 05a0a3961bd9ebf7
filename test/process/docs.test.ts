// What can be imported and asked for is written down.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as library from 'brood/process'
import { type Configuration, configure, Pool, type PoolOptions, type SpawnOptions, spawnWith, task } from 'brood/process'
import { root } from '../support.js'
import t from '../tap.js'

const docs = readFileSync(join(root, 'docs/process.md'), 'utf8')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The names in code, with or without what stands behind them: `join({ timeout })` is `join`. */
function namesIn(text: string): Set<string> {
  const spans = text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`]+)`/g)
  return new Set([...spans].flatMap(([, code]) => code?.match(/[A-Za-z_]\w*/g) ?? []))
}

t.test('docs/process.md has every export', (t) => {
  const known = namesIn(docs)
  for (const name of Object.keys(library)) if (name !== 'default') t.ok(known.has(name), name)
  t.end()
})

t.test('docs/process.md has every type', (t) => {
  const index = readFileSync(join(root, 'dist/process/index.d.ts'), 'utf8')
  const types = [...index.matchAll(/^export type \{([^}]*)\}|\btype (\w+)/gm)].flatMap(
    ([, list, one]) => list?.match(/\w+/g) ?? [one as string],
  )
  t.ok(types.length > 20, types.join())
  const known = namesIn(docs)
  for (const name of types) t.ok(known.has(name), name)
  t.end()
})

t.test('every code has a row in the tables of errors', (t) => {
  const codes: readonly string[] = readFileSync(join(root, 'lib/errors.ts'), 'utf8').match(/ERR_BROOD_[A-Z_]*[A-Z]\b/g) ?? []
  const own = codes.slice(codes.indexOf('ERR_BROOD_EXITED'), codes.indexOf('ERR_BROOD_HOT_RELOAD'))
  t.ok(own.length > 20, own.join())
  const table = docs.slice(docs.indexOf('\n## Errors\n'), docs.indexOf('\n## What a child is\n'))
  const advice = readme.slice(readme.indexOf('\n## Functions in other processes\n'), readme.indexOf('\n## Modules that come and go\n'))
  for (const code of ['ERR_BROOD_INVALID_ARGUMENT', 'ERR_BROOD_DISPOSED', ...own]) {
    t.match(table, `\`${code}\``, `${code} in docs/process.md`)
    t.match(advice, `\n| \`${code}\``, `${code} in README.md`)
  }
  t.end()
})

t.test('classes are called what they are imported as', (t) => {
  const classes = Object.entries(library).filter(([name, value]) => typeof value === 'function' && /^[A-Z]/.test(name))
  t.ok(classes.length > 15)
  for (const [name, value] of classes) t.equal((value as { name?: string }).name, name)
  t.end()
})

/** The error for an option that there is not lists those that there are. */
function optionsOf(ask: () => unknown): string[] {
  try {
    ask()
  } catch (error) {
    const [, names = ''] = /There are (.*)\.$/.exec((error as Error).message) ?? []
    return names.split(', ')
  }
  throw new Error('it was not refused')
}

const nothing = task(import.meta.url, 'nothing', () => {})
const noOption = { none: true }

t.test('every option is in the README and in docs/process.md', (t) => {
  const names = new Set([
    ...optionsOf(() => spawnWith(noOption as SpawnOptions, nothing)),
    ...optionsOf(() => new Pool(noOption as PoolOptions)),
    ...optionsOf(() => configure(noOption as Configuration)),
  ])
  t.ok(names.size > 20, `${names.size} options`)
  for (const name of names) {
    t.ok(namesIn(docs).has(name), `${name} in docs/process.md`)
    t.ok(namesIn(readme).has(name), `${name} in README.md`)
  }
  t.end()
})

t.test('every member of a class is in docs/process.md', (t) => {
  const known = namesIn(docs)
  for (const { name, prototype } of [library.Pool, library.Pid, library.Sender, library.Receiver]) {
    for (const member of Object.getOwnPropertyNames(prototype)) {
      if (member !== 'constructor' && member !== 'toJSON') t.ok(known.has(member), `${name}.${member}`)
    }
  }
  t.end()
})
