import type { HotHandle } from './hot-handle.js'
import type { HotPlan } from './hot-options.js'

const handles = new WeakMap<object, HotHandle>()

export function hotModule(_from: string | URL, _specifier: string, _plan: HotPlan): Promise<object> {
  return Promise.reject(new Error('under construction'))
}

export function handleOf(exports: object): HotHandle | undefined {
  return handles.get(exports)
}
