/**
 * Lets stdout and stderr write before `write` returns, where they are pipes. Node says that they do on POSIX systems; in fact what a pipe cannot hold is
 * kept, and lost with `process.exit()`. It also gives an order between output and answers.
 *
 * To open one of them takes time: nothing is done before the program does.
 */
export function blockOutput(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const descriptor = Reflect.getOwnPropertyDescriptor(process, name)
    if (descriptor?.get === undefined || descriptor.configurable !== true) continue
    Object.defineProperty(process, name, {
      ...descriptor,
      get() {
        const stream = Reflect.apply(descriptor.get as () => Stream, process, [])
        Object.defineProperty(process, name, descriptor)
        stream._handle?.setBlocking?.(true)
        return stream
      },
    })
  }
}

interface Stream {
  readonly _handle?: { setBlocking?(isBlocking: boolean): void } | null
}
