/** What a search for a program depends on. */
export interface Sought {
  readonly file: string
  /** The `PATH=` pair as it was asked for; `undefined` where there is none. */
  readonly path: string | undefined
  readonly cwd: string | undefined
}

const mostNames = 1000

/**
 * Searches that found no script for node. They need not be made again: where such an answer is out of date,
 * the script is caught on PATH instead.
 *
 * Those of one PATH in one directory are kept, since a program seldom changes either.
 */
export class PlainPrograms {
  readonly #names = new Set<string>()
  #path: string | undefined
  #cwd: string | undefined

  has({ file, path, cwd }: Sought): boolean {
    return path === this.#path && cwd === this.#cwd && this.#names.has(file)
  }

  add({ file, path, cwd }: Sought): void {
    if (path !== this.#path || cwd !== this.#cwd || this.#names.size >= mostNames) this.#names.clear()
    this.#path = path
    this.#cwd = cwd
    this.#names.add(file)
  }
}
