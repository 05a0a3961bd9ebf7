// A project as somebody has it who uses one of the tools: a directory with its packages, a caller, and a module that is edited.
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onExit } from 'signal-exit'

const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url))
const peers = Object.keys(JSON.parse(readFileSync(pathOf('peers/package.json'), 'utf8')).dependencies)

/** Makes a project. It goes when it is removed, and at the latest when this process ends. */
export function makeProject() {
  const directory = mkdtempSync(join(tmpdir(), 'brood-bench-'))
  const remove = () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  const forget = onExit(remove)
  writeFileSync(join(directory, 'package.json'), '{ "type": "module", "private": true }\n')
  const packages = join(directory, 'node_modules')
  mkdirSync(packages)
  symlinkSync(pathOf('../..'), join(packages, 'brood'), 'junction')
  for (const name of peers) symlinkSync(pathOf(`peers/node_modules/${name}`), join(packages, name), 'junction')
  for (const part of ['callers', 'peers/callers', 'cases']) cpSync(pathOf(part), directory, { recursive: true })
  return {
    directory,
    remove() {
      forget()
      remove()
    },
  }
}

/** Puts the module of a case where the callers have it, as an ES module and, where there is one, as CommonJS. */
export function putModule(directory, name) {
  for (const extension of ['mjs', 'cjs']) {
    const from = join(directory, `${name}.${extension}`)
    if (existsSync(from)) copyFileSync(from, join(directory, `edited.${extension}`))
  }
}
