/** Another first in each turn, and backwards in every second cycle, so that nobody always follows the same one. */
export function orderFor(names, turn) {
  const first = turn % names.length
  const rotated = [...names.slice(first), ...names.slice(0, first)]
  return Math.floor(turn / names.length) % 2 === 0 ? rotated : rotated.toReversed()
}
