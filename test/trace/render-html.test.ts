import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type DefaultTreeAdapterMap, parse } from 'parse5'
import { root } from '../support.js'
import t from '../tap.js'
import { hostileTexts, hostileTree, largeTree, makeTree, smallTree } from './make-tree.js'

// The build puts the page into it, so it is tested as it is built.
const { renderHtml } = (await import(
  pathToFileURL(join(root, 'dist/render-html.cjs')).href
)) as typeof import('../../lib/trace/render-html.js')

type Element = DefaultTreeAdapterMap['element']
type Node = DefaultTreeAdapterMap['node']

interface Parsed {
  readonly errors: readonly string[]
  readonly elements: readonly Element[]
  readonly comments: number
}

/** The page as a browser's parser reads it. */
function parsePage(page: string): Parsed {
  const errors: string[] = []
  const document = parse(page, { onParseError: ({ code, startLine, startCol }) => errors.push(`${code} at ${startLine}:${startCol}`) })
  const elements: Element[] = []
  let comments = 0
  const visit = (node: Node) => {
    if ('tagName' in node) elements.push(node)
    if (node.nodeName === '#comment') comments++
    if ('childNodes' in node) for (const child of node.childNodes) visit(child)
  }
  visit(document)
  return { errors, elements, comments }
}

const attribute = ({ attrs }: Element, name: string) => attrs.find((each) => each.name === name)?.value
const textOf = ({ childNodes }: Element): string =>
  childNodes.map((child) => ('value' in child ? child.value : textOf(child as Element))).join('')
const only = (elements: readonly Element[], tagName: string) => elements.filter((element) => element.tagName === tagName)

const shapeOf = ({ elements }: Parsed) => elements.map(({ tagName, attrs }) => `${tagName} ${attrs.map(({ name }) => name).join(' ')}`)
const plain = parsePage(renderHtml(makeTree([{ command: ['node'], start: 0, end: 1 }]), { title: 'node' }))

const titles = ['npm test', ...hostileTexts]

t.test('whatever stands in the tree and the title is text, and the same text', (t) => {
  for (const title of titles) {
    const tree = hostileTree()
    const page = parsePage(renderHtml(tree, { title }))
    t.same(page.errors, [], 'no error of the parser')
    t.same(shapeOf(page), shapeOf(plain), 'the same elements as for a harmless tree')
    t.equal(page.comments, 0)
    const data = page.elements.find((element) => attribute(element, 'id') === 'data') as Element
    t.same(JSON.parse(textOf(data)), JSON.parse(JSON.stringify(tree)), 'the tree comes back as it was')
  }
  t.end()
})

t.test('the title is shown with its hidden characters written out', (t) => {
  const { elements } = parsePage(renderHtml(smallTree(), { title: 'a\u202eb <i>\u0000\ud800 & "é"' }))
  t.equal(textOf(only(elements, 'title')[0] as Element), 'a\\u{202e}b <i>\\u{0}\\u{d800} & "é"')
  t.match(textOf(only(elements, 'h1')[0] as Element), 'a\\u{202e}b <i>\\u{0}\\u{d800} & "é"')
  t.end()
})

t.test('a file of its own: no address, no other file', (t) => {
  const page = renderHtml(smallTree(), { title: 'npm test' })
  const { elements, errors } = parsePage(page)
  t.same(errors, [])
  const addresses = new Set(['src', 'srcset', 'data', 'action', 'poster', 'background', 'style', 'xlink:href'])
  for (const { tagName, attrs } of elements) {
    for (const { name, value } of attrs) {
      t.notOk(addresses.has(name) || name.startsWith('on'), `${tagName} ${name}`)
      if (name === 'href') t.match(value, /^#/, `${tagName} href`)
    }
  }
  t.same(only(elements, 'link'), [])
  // The names of XML's namespaces are no addresses.
  t.same(page.match(/\b(?:https?|ftp|wss?|file):\/\/[^"'`\s)]*/g), ['http://www.w3.org/2000/svg'])
  t.notMatch(only(elements, 'style').map(textOf).join(''), /@import|url\((?!["']?#)/)
  t.end()
})

t.test('the policy lets nothing in but the script and style that are there', (t) => {
  const { elements } = parsePage(renderHtml(smallTree(), { title: 'npm test' }))
  const meta = elements.find((element) => attribute(element, 'http-equiv') === 'Content-Security-Policy') as Element
  const policy = new Map(
    (attribute(meta, 'content') ?? '').split('; ').map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]),
  )
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const [script, ...others] = only(elements, 'script').filter((element) => attribute(element, 'type') === undefined)
  t.same(others, [])
  t.same(Object.fromEntries(policy), {
    'default-src': "'none'",
    'script-src': hash(textOf(script as Element)),
    'style-src': hash(textOf(only(elements, 'style')[0] as Element)),
    'base-uri': "'none'",
    'form-action': "'none'",
    'require-trusted-types-for': "'script'",
    'trusted-types': "'none'",
  })
  t.ok(elements.indexOf(meta) < elements.indexOf(only(elements, 'style')[0] as Element), 'it stands before what it is about')
  t.end()
})

t.test('nothing but ASCII in the tree, so that no guess of an encoding changes it', (t) => {
  const page = renderHtml(makeTree([{ command: ['日本語', '\u2028'], start: 0, end: 1 }]), { title: 'x' })
  t.match(page, '\\u65e5\\u672c\\u8a9e')
  t.notMatch(page, /[日\u2028]/)
  t.end()
})

t.test('a page is as large as its tree, and little more', (t) => {
  const tree = largeTree(5000)
  t.equal(tree.totals.processes + tree.totals.workers, 5000)
  const bare = renderHtml(makeTree([]), { title: 'x' }).length
  t.ok(bare < 60_000, `${bare} bytes without a tree`)
  const whole = renderHtml(tree, { title: 'x' }).length
  t.ok(whole < (JSON.stringify(tree).length + bare) * 1.02, `${whole} bytes with 5,000 processes`)
  t.end()
})
