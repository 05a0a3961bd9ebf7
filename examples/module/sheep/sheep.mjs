// Edit this file and save it while main.mjs runs.

export const countSheep = (sheep) => ['None', 'One', 'Two', 'Many'][sheep] ?? 'Lots'

/** The flock is the caller's: a new version of this function goes on with it. */
export function jump(flock) {
  flock.jumped += 1
}
