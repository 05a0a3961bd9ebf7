import { execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

/** The root of the checkout; this file runs as .build/test/support.js. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** The flag for the permission model: Node 24 knows the older name no more. */
export const permissionFlag: string = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'

/** Whether the tests that are longer at night are (CONTRIBUTING.md). */
export const isNight: boolean = process.env.BROOD_TEST_NIGHT === '1'
// The processes under test say which variables of brood's they have.
delete process.env.BROOD_TEST_NIGHT

export const fixture = (path: string): string => join(root, 'fixtures', path)

/** A directory that is removed with the test. */
export function temporaryDirectory(t: Test): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'brood-test-')))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** What a parent observes of a child. */
export interface Observation {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

interface ObserveOptions extends SpawnOptions {
  /** What it reads from stdin. */
  readonly input?: string
  /** Where it has written this on stdout, it is told to end. */
  readonly until?: RegExp | undefined
}

/** Starts a program at once, so that a patch around this call reaches it, and waits for its end. */
export function observe(file: string, args: readonly string[], options: ObserveOptions = {}): Promise<Observation> {
  const { input, until, ...spawnOptions } = options
  const child = spawn(file, args, { ...spawnOptions, stdio: 'pipe' })
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      if (until?.test(output.stdout)) child.kill()
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ ...output, code, signal }))
  })
}

/** Does something for each item, at most `width` at once. */
export async function atOnce<T>(width: number, items: Iterable<T>, each: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]()
  const lane = async () => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) await each(next.value)
  }
  await Promise.all(Array.from({ length: width }, lane))
}

/** brood as it is when installed, in a directory that every user can read. @returns its CommonJS entry */
export function installCopy(t: Test): string {
  const directory = temporaryDirectory(t)
  chmodSync(directory, 0o755)
  const packages = join(directory, 'node_modules')
  for (const part of ['dist', 'shim-templates', 'package.json'])
    cpSync(join(root, part), join(packages, 'brood', part), { recursive: true })
  // On POSIX systems it loads nothing else.
  cpSync(join(root, 'node_modules/signal-exit'), join(packages, 'signal-exit'), { recursive: true })
  execFileSync('chmod', ['-R', 'a+rX', directory])
  return join(packages, 'brood/dist/index.cjs')
}
