const longest = 4096

/** Keeps the last of what a process writes to stderr, for the error that says how it ended. */
export class StderrTail {
  #chunks: Buffer[] = []
  #length = 0

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    while (this.#length - (this.#chunks[0] as Buffer).length >= longest) this.#length -= (this.#chunks.shift() as Buffer).length
  }

  /** At most 4 kB, from the beginning of a line on where there is one. */
  toString(): string {
    const bytes = Buffer.concat(this.#chunks)
    if (bytes.length <= longest) return bytes.toString()
    const text = bytes.subarray(bytes.length - longest).toString()
    return text.slice(text.indexOf('\n') + 1)
  }
}
