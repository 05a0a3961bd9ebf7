const newline = 0x0a

/** A line that is longer is passed on in parts: it may never end. */
const longestLine = 1024 ** 2

/** Collects bytes until a line is complete. */
export class WholeLines {
  readonly #pass: (lines: Uint8Array) => void
  #parts: Uint8Array[] = []
  #length = 0

  /** @param pass is given one line or several */
  constructor(pass: (lines: Uint8Array) => void) {
    this.#pass = pass
  }

  push(chunk: Uint8Array): void {
    const end = chunk.lastIndexOf(newline) + 1
    if (end > 0) {
      this.#add(chunk.subarray(0, end))
      this.flush()
    }
    this.#add(chunk.subarray(end))
    if (this.#length >= longestLine) this.flush()
  }

  #add(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#parts.push(bytes)
    this.#length += bytes.length
  }

  /** No more comes: what is there is passed on as it is. */
  flush(): void {
    if (this.#length === 0) return
    const lines = Buffer.concat(this.#parts)
    this.#parts = []
    this.#length = 0
    this.#pass(lines)
  }
}
