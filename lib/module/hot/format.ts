// What a file is written in.
import { readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'

type Format = 'module' | 'commonjs' | 'json'

export interface FileFormat {
  /** `undefined` where only the text itself tells: a file that ends with .js, below a package.json that does not say. */
  readonly format: Format | undefined
  readonly isTypeScript: boolean
}

/** What the name of a file and the package.json above it say. Node's own rules. */
export function formatOf(path: string): FileFormat {
  const extension = extname(path)
  const isTypeScript = /^\.[cm]?ts$/.test(extension)
  if (extension === '.json') return { format: 'json', isTypeScript }
  if (extension.startsWith('.m')) return { format: 'module', isTypeScript }
  if (extension.startsWith('.c')) return { format: 'commonjs', isTypeScript }
  return { format: packageType(dirname(path)), isTypeScript }
}

function packageType(directory: string): Format | undefined {
  const type = findPackage(directory)?.type
  return type === 'module' || type === 'commonjs' ? type : undefined
}

interface Package {
  readonly directory: string
  readonly type: unknown
}

/** The package that a directory belongs to. */
export function findPackage(directory: string): Package | undefined {
  const parent = dirname(directory)
  try {
    const { type } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { readonly type?: unknown }
    return { directory, type }
  } catch {
    return parent === directory ? undefined : findPackage(parent)
  }
}
