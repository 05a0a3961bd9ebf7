import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { part as first } from './part-1.mjs'
import { part as second } from './part-2.mjs'
import * as third from './part-3.mjs'

/** The same work, in a module that imports others. */
export function step(value) {
  let hash = value
  for (let index = 0; index < 4; index++) hash = Math.imul(hash ^ index, 16_777_619) >>> 1
  return hash
}

export const parts = () => [first, second, third.part].filter((part) => existsSync(join('/', part)))
export const version = () => 1
