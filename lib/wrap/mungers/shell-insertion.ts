import { quoteForShell } from '../../syntax/shell-quote.js'
import type { Word } from '../../syntax/shell-word.js'

/** Text to be put into a shell text. */
export interface Insertion {
  readonly offset: number
  readonly text: string
}

/** The user's own NODE_OPTIONS; `unknown` where it is not known, or whether there is one. */
export type OwnOptions = { readonly value: string | undefined } | 'unknown'

/** What a value of NODE_OPTIONS refers to by that name must be the user's own. */
export function insertOwnOptions(word: Word, own: OwnOptions): Insertion[] {
  const references = word.parameters.filter(({ name }) => name === 'NODE_OPTIONS')
  if (references.length === 0 || own === 'unknown') return []
  // An empty variable stands for none, unless the text asks for the difference.
  if (own.value === undefined && references.some(({ operation }) => /^[-+=?]/.test(operation))) return []
  return [{ offset: word.start, text: `NODE_OPTIONS=${quoteForShell(own.value ?? '')} ` }]
}
