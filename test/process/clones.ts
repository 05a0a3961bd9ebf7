import { serialize } from 'node:v8'

/** Can a value be sent to another process? */
export function clones(value: unknown): boolean {
  try {
    serialize(value)
    return true
  } catch {
    return false
  }
}
