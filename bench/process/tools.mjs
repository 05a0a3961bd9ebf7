// Each tool as the same few functions: `start(size, inFlight)` gives a pool with `add(a, b)`, `echo(value)` and `stop()`.
import { Pool } from 'brood/process'
import { peers } from './peers/tools.mjs'
import { add, echo } from './project.mjs'

export const tools = {
  async brood(size, prefetch, options) {
    const pool = new Pool({ size, prefetch, ...options })
    return { add: (a, b) => pool.run(add, a, b), echo: (value) => pool.run(echo, value), stop: () => pool.shutdown() }
  },
  ...peers,
}
