import { checkOptions, invalid, readCount } from './argument.js'
import type { JoinHandle } from './join-handle.js'

/** Options of {@link Pool.map}. */
export interface MapOptions {
  /** How many elements are worked on at once, at most. @default as many as the pool takes */
  readonly concurrency?: number
}

/**
 * Reads what {@link Pool.map} was given.
 *
 * @returns how many at once
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`
 */
export function readMap(elements: unknown, options: MapOptions): number | undefined {
  checkOptions(options, ['concurrency'])
  if (elements === undefined || elements === null || !(isAsync(elements) || Symbol.iterator in Object(elements)))
    throw invalid('elements', 'an iterable or an async iterable', elements)
  return readCount('concurrency', options.concurrency)
}

/** A text is an iterable too. */
const isAsync = (elements: unknown): elements is AsyncIterable<unknown> => Symbol.asyncIterator in Object(elements)

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
  const source = isAsync(elements) ? elements[Symbol.asyncIterator]() : elements[Symbol.iterator]()
  const open: JoinHandle<R>[] = []
  let isAtEnd = false
  try {
    while (!isAtEnd || open.length > 0) {
      while (!isAtEnd && open.length < work.concurrency) {
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
