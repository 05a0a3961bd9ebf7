// What the loaded module does, however it is loaded.
const held = []

export const add = (a, b) => a + b

/** Fills so many megabytes of heap. */
export function hold(megabytes) {
  for (let index = 0; index < megabytes; index++) held.push(Array.from({ length: 1024 ** 2 / 8 }, () => index + 0.5))
  return held.length
}

export function spin() {
  for (;;);
}
