/** The candidate that is most like a word that was typed; `undefined` where none is much like it. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(word.replace(/^-+/, '').length / 3)) + 1
  for (const candidate of candidates) {
    const steps = distance(word, candidate)
    if (steps < least) [best, least] = [candidate, steps]
  }
  return best
}

/** The number of characters to insert, delete, replace or swap with the next that turn one word into the other. */
function distance(from: string, to: string): number {
  let earlier: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1]
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        (previous[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (previous[column - 1] as number) + (isSame ? 0 : 1),
        isSwap ? (earlier[column - 2] as number) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    earlier = previous
    previous = current
  }
  return previous[to.length] as number
}
