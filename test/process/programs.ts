import { pathToFileURL } from 'node:url'
import { type JoinHandle, type SpawnOptions, spawnWith, type Task } from 'brood/process'
import { fixture, type Observation, observe } from '../support.js'

/** A program of fixtures/process. */
export const program = (name: string): string => fixture(`process/${name}`)

// biome-ignore lint/suspicious/noExplicitAny: a fixture is not typed
export type AnyTask = Task<(...args: any[]) => any>

/** Tasks that a module of fixtures/process exports. They are called with anything. */
export async function load<Name extends string>(name: string): Promise<Record<Name, AnyTask>> {
  return (await import(new URL(name, pathToFileURL(program('')).href).href)) as Record<Name, AnyTask>
}

/** Runs a program of fixtures/process. */
export function run(name: string, args: readonly string[] = [], options: Parameters<typeof observe>[2] = {}): Promise<Observation> {
  return observe(process.execPath, [program(name), ...args], options)
}

/** The last line that a program has written, as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: each program says something else
export const said = ({ stdout, stderr }: Observation): any => {
  const line = stdout.trimEnd().split('\n').at(-1) ?? ''
  try {
    return JSON.parse(line)
  } catch {
    return { stdout, stderr }
  }
}

/** Starts a task that says when it runs, and waits for that. The handle is a promise, and is not waited for. */
export async function started(task: AnyTask, options: SpawnOptions = {}, ...args: unknown[]): Promise<{ handle: JoinHandle<unknown> }> {
  let setRunning: (value: unknown) => void = () => {}
  const running = new Promise((resolve) => {
    setRunning = resolve
  })
  const handle = spawnWith({ ...options, onProgress: setRunning }, task, ...args)
  await Promise.race([running, handle])
  return { handle }
}

/** Is there such a process, that has not ended? */
export function isAlive(osPid: number | undefined): boolean {
  try {
    return process.kill(osPid as number, 0)
  } catch {
    return false
  }
}

export const MiB: number = 1024 ** 2

// biome-ignore lint/suspicious/noExplicitAny: an error has whatever its class has
export async function caught(handle: PromiseLike<unknown>): Promise<any> {
  try {
    return { returned: await handle }
  } catch (error) {
    return error
  }
}
