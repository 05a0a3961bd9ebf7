/** Milliseconds that have passed since some moment, for deadlines within one process. `performance` takes a child a millisecond to load. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}
