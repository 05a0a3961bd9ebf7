import type * as Fs from 'node:fs'
import { onceLoaded } from '../../../wrap/once-loaded.js'
import type { Leftover } from '../../leftover.js'
import { at } from './resources.js'
import { captureStack, readOrigin } from './where.js'

interface Opened {
  readonly path: string
  readonly stack: { readonly stack?: unknown }
}

/**
 * Keeps account of the descriptors that this thread opens by `fs.open` and `fs.openSync`, streams of files among them: the system knows only those of the
 * whole process, and most of them are the host's.
 *
 * The functions are replaced in this thread alone, and never put back: the thread ends with the module.
 */
export class OpenDescriptors {
  readonly #open = new Map<number, Opened>()
  /** Where the files of FileHandles were opened, by their descriptors. They are listed by who sees handles. */
  readonly #handles = new Map<number, Opened['stack']>()

  constructor(fs: typeof Fs = process.getBuiltinModule('node:fs')) {
    const { open, openSync, close, closeSync } = fs
    const add = (fd: number, path: unknown, stack: Opened['stack']) => void this.#open.set(fd, { path: String(path), stack })
    const forget = (fd: unknown) => void this.#open.delete(fd as number)
    const replacements = {
      open(path: unknown, ...rest: unknown[]): void {
        const callback = rest.at(-1)
        const stack = captureStack()
        const noted = (error: unknown, fd: number) => {
          if (error === null) add(fd, path, stack)
          ;(callback as (error: unknown, fd: number) => void)(error, fd)
        }
        // Whatever is no callback is refused by Node.
        const args = typeof callback === 'function' ? [...rest.slice(0, -1), noted] : rest
        Reflect.apply(open, fs, [path, ...args])
      },
      openSync(path: unknown, ...rest: unknown[]): number {
        const fd = Reflect.apply(openSync, fs, [path, ...rest] as never)
        add(fd, path, captureStack())
        return fd
      },
      close(fd: unknown, ...rest: unknown[]): void {
        Reflect.apply(close, fs, [fd, ...rest] as never)
        forget(fd)
      },
      closeSync(fd: unknown): void {
        Reflect.apply(closeSync, fs, [fd] as never)
        forget(fd)
      },
    }
    Object.assign(fs, replacements)
    // To load it takes a thread 1.5 ms, and most modules do without. Node 20 has it loaded.
    onceLoaded({ 'NativeModule internal/fs/promises': () => this.#noteHandles(fs.promises) })
    // Those who have imported them by name are to have these, too.
    process.getBuiltinModule('node:module').syncBuiltinESMExports()
  }

  #noteHandles(promises: typeof Fs.promises): undefined {
    const { open } = promises
    const noted = async (...args: Parameters<typeof open>) => {
      const stack = captureStack()
      const handle = await open(...args)
      this.#handles.set(handle.fd, stack)
      return handle
    }
    Object.assign(promises, { open: noted })
  }

  get count(): number {
    return this.#open.size
  }

  list(): Leftover[] {
    return [...this.#open].map(([fd, { path, stack }]) => ({
      kind: 'descriptor',
      description: `descriptor ${fd}, of ${path}`,
      ...at(readOrigin(stack).at),
    }))
  }

  placeOf(fd: number | undefined): string | undefined {
    const stack = this.#handles.get(fd ?? -1)
    return stack === undefined ? undefined : readOrigin(stack).at
  }

  has(fd: number): boolean {
    return this.#open.has(fd)
  }
}
