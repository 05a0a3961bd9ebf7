// What NODE_OPTIONS imports for contexts that leave processes out: their own modules, in the processes that are not left out.
import { findRegistry } from '../wrap/registry.js'

for (const { modules } of findRegistry()?.applied ?? []) {
  for (const specifier of modules.import) await import(specifier)
}
