import type { ProcessTree } from './process-tree.js'
import { visibleText } from './visible.js'

export interface HtmlOptions {
  /** What the page is called, in its heading too: the command. */
  readonly title: string
}

/** Set by the build: the page, with places for the title and the tree. */
declare const BROOD_PAGE: string

/**
 * Draws the tree as a page: one HTML file that shows it as a timeline, and needs nothing beside itself.
 *
 * Whatever stands in a command, a path or the title is text in it, never markup.
 */
export function renderHtml(tree: ProcessTree, { title }: HtmlOptions): string {
  const values: Readonly<Record<string, string>> = { title: escapeText(visibleText(title)), tree: escapeJson(JSON.stringify(tree)) }
  // In one pass: what is put in is not looked through again.
  return BROOD_PAGE.replace(/\{\{(title|tree)\}\}/g, (place, name: string) => values[name] ?? place)
}

/** JSON that no parser of HTML can read as anything else: nothing but ASCII, and nothing that a tag or a comment could begin with. */
function escapeJson(json: string): string {
  return json.replace(/[<>&\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
