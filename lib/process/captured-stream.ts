import { readSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { type OutputName, passOn, showOutput } from './output.js'
import { getState } from './state.js'
import { WholeLines } from './whole-lines.js'

const chunkSize = 64 * 1024
/** Chunks, which are as many bytes as a pipe holds at most: whoever writes on and on would else be read for ever. */
const mostAtOnce = 16

/** stdout or stderr of a child that this process passes on. */
export class CapturedStream {
  readonly #stream: Readable
  readonly #pass: (chunk: Uint8Array) => void
  readonly #lines: WholeLines | undefined

  /**
   * @param onChunk sees what is passed on
   * @param pid of the child
   */
  constructor(stream: Readable, name: OutputName, pid: string, onChunk: (chunk: Buffer) => void) {
    this.#stream = stream
    const lines =
      getState().output === 'inherit' ? undefined : new WholeLines((bytes) => showOutput({ type: 'output', pid, stream: name, bytes }))
    this.#lines = lines
    this.#pass = (chunk) => {
      onChunk(chunk as Buffer)
      if (lines === undefined) passOn(name, chunk)
      else lines.push(chunk)
    }
    stream.on('data', this.#pass)
    stream.once('close', () => lines?.flush())
  }

  /** Passes on what was written by now: what the child says next by its link, it has written after that. A line that has not ended is one all the same. */
  catchUp(): void {
    this.read()
    this.#lines?.flush()
  }

  /** It is read past the event loop, which gives no order between two streams. */
  read(): void {
    const { _handle: handle } = this.#stream as { readonly _handle?: { readonly fd?: number } | null }
    const descriptor = handle?.fd ?? -1
    if (descriptor < 0 || this.#stream.readableLength > 0) return
    try {
      for (let count = 0; count < mostAtOnce; count++) {
        const chunk = Buffer.allocUnsafe(chunkSize)
        const length = readSync(descriptor, chunk)
        if (length === 0) break
        this.#pass(chunk.subarray(0, length))
      }
    } catch {
      // EAGAIN: there is no more now.
    }
  }

  /** It is passed on while this process runs, and does not keep it running any more. */
  letGo(): void {
    ;(this.#stream as Partial<Pick<Socket, 'unref'>>).unref?.()
  }
}
