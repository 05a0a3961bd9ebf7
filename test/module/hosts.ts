// What the tests of loadModule share.
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { type AnyFunction, type LoadedModule, type LoadOptions, loadModule } from 'brood/module'
import type { Test } from 'tap'
import { fixture } from '../support.js'

export const isolations = ['worker', 'process'] as const
export type TestedIsolation = (typeof isolations)[number]

export const module = (name: string): string => fixture(`module/${name}`)

/** A copy of a module, since each file is loaded once at a time. It lies where it finds brood. */
export function copyOf(t: Test, name: string, index = 0): string {
  const path = fixture(`module/copy-${process.pid}-${index}-${name}`)
  copyFileSync(module(name), path)
  t.teardown(() => rmSync(path, { force: true }))
  return path
}

type Functions = Record<string, AnyFunction>

/** Loads a fixture, which is gone when the test is. It prints nothing. */
export async function load(t: Test, name: string, options: LoadOptions<Functions, Functions> = {}): Promise<LoadedModule<Functions>> {
  const path = name.startsWith('/') ? name : module(name)
  const loaded = await loadModule<Functions, Functions>(path, { quiet: true, ...options, imports: options.imports ?? {} })
  t.teardown(async () => {
    if (loaded.state === 'loaded') await loaded.unload({ force: true, killChildren: true })
  })
  return loaded
}

/** What something was refused with. */
export async function refused(promise: PromiseLike<unknown>): Promise<Record<string, unknown> & Error> {
  try {
    await promise
  } catch (error) {
    return error as Record<string, unknown> & Error
  }
  throw new Error('It was not refused.')
}

/** The same, of a function. */
export function thrown(call: () => unknown): Record<string, unknown> & Error {
  try {
    call()
  } catch (error) {
    return error as Record<string, unknown> & Error
  }
  throw new Error('It was not refused.')
}

export const hasProc = existsSync('/proc/self/task')

/** Does it run? The system keeps the number of a process whose parent does not ask how it has ended. */
export function isAlive(osPid: number): boolean {
  try {
    process.kill(osPid, 0)
    return !hasProc || !/^State:\s+Z/m.test(readFileSync(`/proc/${osPid}/status`, 'utf8'))
  } catch {
    return false
  }
}
