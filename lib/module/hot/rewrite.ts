// An ES module as the text of a function, each line where it was: V8 can then forget a version of it, which it cannot of a module.

import { defaultName, type ParsedModule } from './parse-module.js'
import { findReferences, type Reference } from './scopes.js'
import type { Survey } from './survey.js'
import type { Node } from './syntax-tree.js'

/** The names by which a module's function is given what a module has and a function has not. */
export interface HelperNames {
  /** What `import.meta` is. */
  readonly meta: string
  /** What `import()` calls. */
  readonly load: string
  /** Is given getters for what is exported. */
  readonly expose: string
  /** Has the timers that are counted as the module's. */
  readonly timers: string
  /** The namespaces of what is imported, in the order of {@link ParsedModule.imports}. */
  readonly imported: (index: number) => string
}

export interface Rewritten {
  readonly body: string
  /** What stands in front of the first line. */
  readonly prefixLength: number
  readonly names: HelperNames
}

/** The functions that start timers: they are the module's own, so that a version's timers are known. */
const timerNames: ReadonlySet<string> = new Set(['setTimeout', 'setInterval', 'setImmediate'])

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * Makes of an ES module the body of a function that returns a generator.
 *
 * Its first step declares everything: functions can be called then, as by modules that are imported in a circle. The second one evaluates the
 * module. Imports become properties of namespaces, so that they are live.
 */
export function rewriteModule(text: string, parsed: ParsedModule): Rewritten {
  const names = helperNames(text)
  const ownDefault = `${names.expose}Default`
  const edits = [
    ...hashbang(text),
    ...declarationEdits(text, parsed, ownDefault),
    ...referenceEdits(text, parsed, names),
    ...metaEdits(parsed.survey, names),
  ]
  const getters = parsed.exports.flatMap((each) => {
    if (!('local' in each)) return []
    return [`${JSON.stringify(each.name)}:()=>${each.local === defaultName ? ownDefault : each.local}`]
  })
  const hasNamelessFunction = parsed.program.body.some(
    (each) => each.type === 'ExportDefaultDeclaration' && isNamelessFunction(each.declaration),
  )
  const rename = hasNamelessFunction ? `Object.defineProperty(${ownDefault},"name",{value:"default",configurable:true});` : ''
  const prefix = `"use strict";return function*(){${names.expose}({${getters.join(',')}});${rename}yield;`
  return { body: `${prefix}${apply(text, edits)}\n}`, prefixLength: prefix.length, names }
}

/**
 * The same for CommonJS, in which only `import()` and timers are not the function's own.
 *
 * A function at its end that nobody calls makes V8 keep what the module's helpers belong to as long as any function of the module is there.
 */
export function rewriteScript(text: string, program: Node, survey: Survey): { readonly text: string; readonly names: HelperNames } {
  const names = helperNames(text)
  const edits = [...hashbang(text), ...timerEdits(program, names), ...metaEdits(survey, names)]
  return { text: `${apply(text, edits)}\n;()=>${names.load}`, names }
}

function helperNames(text: string): HelperNames {
  let prefix = '__brood'
  while (text.includes(prefix)) prefix += '_'
  return {
    meta: `${prefix}Meta`,
    load: `${prefix}Import`,
    expose: `${prefix}Export`,
    timers: `${prefix}Timers`,
    imported: (index) => `${prefix}${index}`,
  }
}

const hashbang = (text: string): Edit[] => (text.startsWith('#!') ? [{ start: 0, end: 2, text: '//' }] : [])

/** Takes out what declares imports and exports. What stands behind it stays where it was, as far as there is room for what is put in. */
function* declarationEdits(text: string, { program }: ParsedModule, ownDefault: string): Iterable<Edit> {
  const blank = (start: number, end: number, put = ''): Edit => {
    const spaces = text.slice(start, end).replace(/[^\n\r\u2028\u2029]/g, ' ')
    const room = /^ */.exec(spaces)?.[0].length ?? 0
    return { start, end, text: put + spaces.slice(Math.min(put.length, room)) }
  }
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') yield blank(node.start, node.end, ';')
    else if (node.type === 'ExportNamedDeclaration') {
      if (node.declaration) yield blank(node.start, node.declaration.start)
      else yield blank(node.start, node.end, ';')
    } else if (node.type === 'ExportDefaultDeclaration') {
      const { declaration } = node
      if (isNamelessFunction(declaration)) {
        yield blank(node.start, declaration.start)
        // Behind `function`, or `function*`.
        const at = endOf(functionKeyword, text, declaration.start)
        yield { start: at, end: at, text: ` ${ownDefault}` }
      } else if ((declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') && declaration.id) {
        yield blank(node.start, declaration.start)
      } else {
        // As a property it is given the name "default", if it has none. Parentheses around it are not part of its node.
        const end = text[node.end - 1] === ';' ? node.end - 1 : node.end
        yield blank(node.start, endOf(exportDefault, text, node.start), `const ${ownDefault}=({default:`)
        yield { start: end, end, text: '}).default;' }
      }
    }
  }
}

const isNamelessFunction = (node: Node) => node.type === 'FunctionDeclaration' && !node.id

// Comments may stand between words, and in them anything.
const gap = String.raw`(?:\s|/\*[^]*?\*/|//.*)`
const exportDefault = new RegExp(`export${gap}*default`, 'y')
const functionKeyword = new RegExp(`(?:async${gap}+)?function(?:${gap}*\\*)?`, 'y')

function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start
  return start + (pattern.exec(text)?.[0].length ?? 0)
}

function* referenceEdits(text: string, { program, bindings }: ParsedModule, names: HelperNames): Iterable<Edit> {
  // Timers that are imported are not those that everybody has.
  const wanted = [...bindings.keys(), ...[...timerNames].filter((name) => text.includes(name))]
  for (const reference of findReferences(program, new Set(wanted))) {
    const binding = bindings.get(reference.name)
    if (binding === undefined) yield replace(reference, names.timers + property(reference.name), true)
    else {
      const { from, imported } = binding
      yield replace(reference, names.imported(from) + (imported === undefined ? '' : property(imported)), imported !== undefined)
    }
  }
}

function* timerEdits(program: Node, names: HelperNames): Iterable<Edit> {
  for (const reference of findReferences(program, timerNames)) yield replace(reference, names.timers + property(reference.name), true)
}

const property = (name: string) => (/^[\w$]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)

function replace({ name, start, end, isShorthand, isCallee, startsStatement }: Reference, text: string, isProperty: boolean): Edit {
  if (isShorthand) return { start, end, text: `${name}: ${text}` }
  // A call of a property would have the namespace as `this`.
  return { start, end, text: isCallee && isProperty ? `${startsStatement ? ';' : ''}(0,${text})` : text }
}

function* metaEdits({ metas, imports }: Survey, names: HelperNames): Iterable<Edit> {
  for (const { start, end } of metas) yield { start, end, text: names.meta }
  for (const { start } of imports) yield { start, end: start + 'import'.length, text: names.load }
}

function apply(text: string, edits: readonly Edit[]): string {
  let result = ''
  let at = 0
  for (const { start, end, text: put } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(at, start) + put
    at = end
  }
  return result + text.slice(at)
}
