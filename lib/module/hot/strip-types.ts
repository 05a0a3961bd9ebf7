import { createRequire, Module } from 'node:module'
import { pathToFileURL } from 'node:url'

type Strip = (text: string) => string

/** Node's own, from 22.13 on. */
const { stripTypeScriptTypes } = Module as unknown as { readonly stripTypeScriptTypes?: Strip }

/**
 * Takes the types out of TypeScript, each character of the rest where it was. Node does it itself; where it cannot yet, amaro does, which is what
 * Node has taken over, if the project has it.
 *
 * @throws SyntaxError; Error where nothing is there that could do it
 */
export function stripTypes(text: string, path: string): string {
  if (stripTypeScriptTypes !== undefined) return stripTypeScriptTypes(text)
  return loadAmaro(path)(text)
}

function loadAmaro(path: string): Strip {
  let amaro: { readonly transformSync: (text: string, options: { readonly mode: 'strip-only' }) => { readonly code: string } }
  try {
    amaro = createRequire(pathToFileURL(path))('amaro') as typeof amaro
  } catch (cause) {
    throw new Error(
      `Node.js ${process.versions.node} cannot take the types out of TypeScript. Use Node.js 22.13 or newer, or install amaro.`,
      { cause },
    )
  }
  return (text) => amaro.transformSync(text, { mode: 'strip-only' }).code
}
