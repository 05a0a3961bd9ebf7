import type { JoinHandle } from './join-handle.js'

/** Options of {@link Pool.map}. */
export interface MapOptions {
  /** How many elements are worked on at once, at most. @default as many as the pool takes */
  readonly concurrency?: number
}

interface Work<Element, R> {
  start(element: Element): JoinHandle<R>
  /** What is open is not wanted any more. */
  stop(): void
  readonly concurrency: number
}

/**
 * Starts something for each element, and gives the results in the order of the elements.
 *
 * An element is taken when there is room for it, and not before: a source may be endless. Whatever ends it, a failure or who reads it, stops what is open.
 */
export async function* mapInOrder<Element, R>(
  elements: Iterable<Element> | AsyncIterable<Element>,
  work: Work<Element, R>,
): AsyncGenerator<R, void, undefined> {
  const source = Symbol.asyncIterator in elements ? elements[Symbol.asyncIterator]() : elements[Symbol.iterator]()
  const open: JoinHandle<R>[] = []
  let isAtEnd = false
  try {
    while (!isAtEnd || open.length > 0) {
      while (!isAtEnd && open.length < Math.max(1, work.concurrency)) {
        const next = await source.next()
        if (next.done === true) isAtEnd = true
        else {
          const handle = work.start(next.value)
          // Its failure is told in its turn.
          handle.then(undefined, () => {})
          open.push(handle)
        }
      }
      const first = open[0]
      if (first === undefined) break
      yield await first
      open.shift()
    }
  } finally {
    if (open.length > 0) work.stop()
    if (!isAtEnd) await source.return?.()
  }
}
