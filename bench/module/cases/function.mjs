import { mix } from './part-1.mjs'

/** The same work, by a function that is imported. */
export function step(value) {
  let hash = value
  for (let index = 0; index < 4; index++) hash = mix(hash, index)
  return hash
}

export const version = () => 1
