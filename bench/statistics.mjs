/** The median, and the interval that holds the true one in 95 of 100 runs, whatever the distribution (by order statistics). */
export function summarize(values) {
  const sorted = sortNumbers(values)
  const spread = 0.98 * Math.sqrt(sorted.length)
  const at = (rank) => sorted[Math.min(Math.max(Math.round(rank), 0), sorted.length - 1)]
  const middle = (sorted.length - 1) / 2
  return { median: median(sorted), low: at(middle - spread), high: at(middle + spread) }
}

/** Summarizes what `convert` makes of the values of each tool. */
export function summarizeEach(samples, convert) {
  return Object.fromEntries(Object.entries(samples).map(([tool, values]) => [tool, summarize(values.map(convert))]))
}

export function median(values) {
  const sorted = sortNumbers(values)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export function toMilliseconds(nanoseconds) {
  return nanoseconds / 1e6
}

function sortNumbers(values) {
  return values.toSorted((a, b) => a - b)
}
