// Most processes never wait like this.
let signal: Int32Array | undefined

/** Waits: the other side is a process of its own, and there is no event loop to say when it has read. */
export function pause(milliseconds = 1): void {
  signal ??= new Int32Array(new SharedArrayBuffer(4))
  Atomics.wait(signal, 0, 0, milliseconds)
}
