/**
 * What is to be done once something of Node's is loaded. It must not throw.
 *
 * @param isEarlier was it loaded already, so that somebody may have kept what is in it?
 * @returns takes that back
 */
export type Reaction = (isEarlier: boolean) => (() => void) | undefined

/**
 * Does something as soon as a built-in module or a binding is loaded: before whoever loads it gets hold of it, by `require` as by `import`.
 *
 * To load it early would cost every process as much as brood does. Node appends the name of what it has loaded
 * to `process.moduleLoadList`; until all that is waited for is there, that list inherits from a proxy, which hears of it.
 *
 * @param reactions by entry of that list: `NativeModule worker_threads`, `Internal Binding spawn_sync`
 * @returns takes back what was done, and stops waiting
 */
export function onceLoaded(reactions: Readonly<Record<string, Reaction>>): () => void {
  const { moduleLoadList: list } = process as unknown as { moduleLoadList: string[] | undefined }
  const waiting = new Set<unknown>()
  const undos: ((() => void) | undefined)[] = []
  for (const entry in reactions) {
    if (list?.includes(entry) === false) waiting.add(entry)
    else undos.push(reactions[entry]?.(true))
  }

  let stopListening = () => {}
  if (list !== undefined && waiting.size > 0) {
    const original = Object.getPrototypeOf(list) as object
    const listening: object = new Proxy(original, {
      set(target, index, value, receiver) {
        const isSet = Reflect.set(target, index, value, receiver)
        if (waiting.delete(value)) {
          if (waiting.size === 0) stopListening()
          undos.push(reactions[value as string]?.(false))
        }
        return isSet
      },
    })
    stopListening = () => {
      if (Object.getPrototypeOf(list) === listening) Object.setPrototypeOf(list, original)
    }
    Object.setPrototypeOf(list, listening)
  }
  return () => {
    waiting.clear()
    stopListening()
    for (const undo of undos) undo?.()
  }
}
