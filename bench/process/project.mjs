// The tasks as somebody has them who uses brood: in a project with the package in its node_modules, which a child looks for there.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { onExit } from 'signal-exit'

const directory = mkdtempSync(join(tmpdir(), 'brood-bench-'))
onExit(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
cpSync(fileURLToPath(new URL('workers', import.meta.url)), directory, { recursive: true })
mkdirSync(join(directory, 'node_modules'))
symlinkSync(fileURLToPath(new URL('../..', import.meta.url)), join(directory, 'node_modules/brood'), 'junction')
symlinkSync(join(directory, 'tiny'), join(directory, 'node_modules/tiny'), 'junction')

/** Where a file of workers/ is in the project. */
export const worker = (name) => join(directory, name)

const load = (name) => import(pathToFileURL(worker(name)).href)

export const { add, echo } = await load('tasks.mjs')
export const { add: addOfCommonJS } = (await load('tasks.cjs')).default
