// All that makes elements: strings become text nodes or attributes that hold no code, never markup.

import { segmentsOf } from '../visible.js'

type Child = Node | string | undefined
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** An HTML element. `true` is an attribute without a value; `false` and `undefined` are left out. */
export function html<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  return fill(document.createElement(name), attributes, children)
}

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

function fill<Made extends Element>(element: Made, attributes: Attributes, children: readonly Child[]): Made {
  setAttributes(element, attributes)
  element.append(...children.filter((child) => child !== undefined))
  return element
}

export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const text = value === true ? '' : String(value)
    if (value === undefined || value === false) element.removeAttribute(name)
    // Even what stays the same is work for the browser when it is set.
    else if (element.getAttribute(name) !== text) element.setAttribute(name, text)
  }
}

/** The page's own element, of the class that it must have; the page is broken where it is missing. */
export function byId(id: string): HTMLElement
export function byId<Expected extends Element>(id: string, expected: new () => Expected): Expected
export function byId(id: string, expected: new () => Element = HTMLElement): Element {
  const element = document.getElementById(id)
  if (!(element instanceof expected)) throw new Error(`no element #${id}`)
  return element
}

/** A foreign text for people: what would not show is written out and set apart. */
export function foreignText(text: string): Node {
  const fragment = document.createDocumentFragment()
  for (const segment of segmentsOf(text)) {
    fragment.append(segment.isEscape ? html('span', { class: 'escape' }, segment.text) : segment.text)
  }
  return fragment
}

/** Runs `action` once before the next frame, however often it is asked for. */
export function eachFrame(action: () => void): () => void {
  let asked = false
  return () => {
    if (asked) return
    asked = true
    requestAnimationFrame(() => {
      asked = false
      action()
    })
  }
}
