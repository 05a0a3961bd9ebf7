import { isUtf8 } from 'node:buffer'
import type { OutputEvent } from './output.js'
import { Pid } from './pid.js'

const newline = 0x0a

/** Puts the pid in front of each line. No other byte is changed; a last line that does not end is ended. */
export function formatGrouped(pid: string, bytes: Uint8Array): Buffer {
  const head = Buffer.from(`${new Pid(pid).toString()}: `)
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(newline, at)
    const next = end < 0 ? bytes.length : end + 1
    parts.push(head, bytes.subarray(at, next))
    if (end < 0) parts.push(Buffer.from('\n'))
    at = next
  }
  return Buffer.concat(parts)
}

/** One line of JSON: what a process has written as `text`, or as `base64` where it is no UTF-8. */
export function formatJson(event: OutputEvent): string {
  if (event.type !== 'output') return `${JSON.stringify(event)}\n`
  const { bytes, ...others } = event
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return `${JSON.stringify({ ...others, ...(isUtf8(bytes) ? { text: buffer.toString() } : { base64: buffer.toString('base64') }) })}\n`
}
