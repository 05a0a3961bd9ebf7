// What Node loads for modules that are hot: built-in modules, packages. Once, as for the rest of the program.
import { createRequire } from 'node:module'

/** What a module exports, by name. */
export type Namespace = Readonly<Record<string, unknown>>

const namespaces = new Map<string, Namespace>()
const require = createRequire(import.meta.url)

/** Has Node import what is imported at the first evaluation: then even what awaits at its top can be. Failures are told when it is used. */
export async function preloadNatives(urls: Iterable<string>): Promise<void> {
  const missing = [...new Set(urls)].filter((url) => !namespaces.has(url))
  await Promise.allSettled(missing.map(importNative))
}

async function importNative(url: string): Promise<void> {
  namespaces.set(url, (await import(url)) as Namespace)
}

/**
 * What a module exports that Node has, or can load now.
 *
 * @param onLater is called when a module that cannot be loaded at once is there: it awaits at its top
 * @throws what the module throws where it is evaluated
 */
export function loadNative(url: string, onLater: () => void): Namespace {
  let namespace = namespaces.get(url)
  if (namespace === undefined) {
    namespace = url.startsWith('node:') ? builtInNamespace(url) : requireNative(url, onLater)
    namespaces.set(url, namespace)
  }
  return namespace
}

function requireNative(url: string, onLater: () => void): Namespace {
  // A module under another URL than a file's has to be imported, and so has data in a query.
  try {
    if (!url.startsWith('file:') || url.includes('?'))
      throw Object.assign(new Error(`${url} is still being imported.`), { code: asynchronous })
    const exports = require(decodeURIComponent(new URL(url).pathname)) as unknown
    return isNamespace(exports) ? exports : namespaceOf(exports)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === asynchronous) void importNative(url).then(onLater, () => {})
    throw error
  }
}

const asynchronous = 'ERR_REQUIRE_ASYNC_MODULE'

function builtInNamespace(url: string): Namespace {
  return namespaceOf(process.getBuiltinModule(url))
}

/** As Node shows what is CommonJS to an import. */
function namespaceOf(exports: unknown): Namespace {
  const names = exports !== null && (typeof exports === 'object' || typeof exports === 'function') ? Object.keys(exports) : []
  const namespace = Object.create(null) as Record<string, unknown>
  for (const name of names) {
    Object.defineProperty(namespace, name, { enumerable: true, get: () => (exports as Record<string, unknown>)[name] })
  }
  Object.defineProperty(namespace, 'default', { enumerable: true, value: exports })
  return namespace
}

function isNamespace(value: unknown): value is Namespace {
  return Object.prototype.toString.call(value) === '[object Module]'
}
