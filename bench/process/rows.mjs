// What is measured of pools, as data: how many processes, how many calls are open at once, and what a call carries.
const small = (pool, index) => pool.add(index, 1)
const bytes = (length) => {
  const buffer = Buffer.alloc(length, 7)
  return (pool) => pool.echo(buffer)
}

export const processes = 2

/** `open`: calls at once, of which a process is given `prefetch`. `options` are further ones of brood's. `target`: brood against the best peer, as it is to be. */
export const poolRows = [
  { id: 'round-trips', title: 'round trips, one in flight a process', prefetch: 1, open: processes, call: small, target: 1.3 },
  { id: 'prefetch', title: 'throughput, prefetching', prefetch: 256, open: 1024, call: small, target: 8 },
  { id: '64k', title: '64 KiB there and back', prefetch: 1, open: processes * 2, call: bytes(64 * 1024), target: 1 },
  {
    id: '64k-plain',
    title: 'the same, `callerFrames: false`',
    prefetch: 1,
    options: { callerFrames: false },
    open: processes * 2,
    call: bytes(64 * 1024),
    target: 1,
  },
  { id: '8m', title: '8 MiB there and back', prefetch: 1, open: processes, call: bytes(8 * 1024 ** 2), target: 1 },
]
