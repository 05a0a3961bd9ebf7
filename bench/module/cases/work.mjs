/** Some nanoseconds of work. */
export function step(value) {
  let hash = value
  for (let index = 0; index < 4; index++) hash = Math.imul(hash ^ index, 16_777_619) >>> 1
  return hash
}

export const version = () => 1
