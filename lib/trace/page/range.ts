/** A span of time, in milliseconds from the start of the tree. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Nothing is told apart below ten microseconds. */
export const shortestRange = 0.01

/** The same range within the whole: moved where it reaches out, cut where it is longer. */
export function fitRange({ from, to }: Range, whole: number): Range {
  const length = Math.min(Math.max(to - from, shortestRange), whole)
  const start = Math.min(Math.max(from, 0), whole - length)
  return { from: start, to: start + length }
}

/** Shows `factor` times less around a point in time, which stays where it is. */
export function zoomRange({ from, to }: Range, factor: number, center: number, whole: number): Range {
  const length = Math.min(Math.max((to - from) / factor, shortestRange), whole)
  const share = (center - from) / (to - from)
  return fitRange({ from: center - share * length, to: center + (1 - share) * length }, whole)
}

export function panRange({ from, to }: Range, by: number, whole: number): Range {
  return fitRange({ from: from + by, to: to + by }, whole)
}
