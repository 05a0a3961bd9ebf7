import { readFileSync } from 'node:fs'
import { isWindows } from '../platform.js'
import type { SpawnRequest } from './request.js'

/** How much a new process may be given, in bytes. */
export interface ArgumentSpace {
  /** The longest argument or `NAME=value` pair, with the zero byte at its end. */
  readonly string: number
  /** All of them together, each with its zero byte and a pointer. */
  readonly total: number
}

const kilobyte = 1024

/** What the shims below may still add to a request that just fits. */
const reserve = 16 * kilobyte

let space: ArgumentSpace | undefined

/** How much this system takes. What is not known is taken to be little: the only loss is a process that is not wrapped. */
export function argumentSpace(): ArgumentSpace {
  space ??= isWindows
    ? { string: 32 * kilobyte, total: Number.POSITIVE_INFINITY }
    : process.platform === 'linux'
      ? { string: 128 * kilobyte, total: linuxTotal(readLimits()) }
      : { string: Number.POSITIVE_INFINITY, total: 512 * kilobyte }
  return space
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1')
  } catch {
    return ''
  }
}

/**
 * A quarter of the stack's limit, at least 128 kB and at most 6 MB.
 *
 * @see bprm_stack_limits() in Linux's fs/exec.c
 * @param limits the text of /proc/self/limits; one that does not say it counts as the least
 */
export function linuxTotal(limits: string): number {
  const stack = /^Max stack size\s+(\d+|unlimited)/m.exec(limits)?.[1]
  const quarter = stack === 'unlimited' ? Number.POSITIVE_INFINITY : Number(stack ?? 0) / 4
  return Math.min(Math.max(quarter, 128 * kilobyte), 6 * kilobyte * kilobyte)
}

/**
 * Can a process be started with these arguments and this environment?
 *
 * @param limits asked for only where there is much to count
 */
export function fits({ args, env }: Pick<SpawnRequest, 'args' | 'env'>, limits: () => ArgumentSpace): boolean {
  const pointer = 8
  let least = 0
  for (const text of args) least += text.length + pointer
  for (const text of env) least += text.length + pointer
  // A character takes three bytes at most.
  if (least < 16 * kilobyte) return true
  const { string, total } = limits()
  const strings = [...args, ...env]
  const sizes = strings.map((text) => Buffer.byteLength(text) + 1)
  return sizes.every((size) => size <= string) && sizes.reduce((sum, size) => sum + size + pointer, reserve) <= total
}
