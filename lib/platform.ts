/** Windows has no exec, spells PATH in any case, and separates its entries by `;`. */
export const isWindows: boolean = process.platform === 'win32'

/** What stands between the entries of PATH. */
export const pathDelimiter: string = isWindows ? ';' : ':'

/** How a variable is written: on Windows in any case, which a program can see. */
export function spellingOf(name: string, env: Readonly<Record<string, string | undefined>>): string {
  return (isWindows && Object.keys(env).find((variable) => variable.toUpperCase() === name)) || name
}

/** The oldest Node.js that a wrapped child may be: an older one runs as if it were not wrapped. */
export const oldestChildMajor = 18

/** Can this Node.js be wrapped? It is asked in the child, which may be any Node.js on PATH. */
export const canBeWrapped: boolean = Number.parseInt(process.versions.node, 10) >= oldestChildMajor
