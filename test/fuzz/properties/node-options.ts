import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import { formatNodeOptions, tokenizeNodeOptions } from '../../../lib/syntax/node-options.js'
import { hostileText, hostileTextWithout } from '../arbitraries.js'
import { property, same } from '../property.js'

const valuesOf = (text: string) => tokenizeNodeOptions(text)?.map(({ value }) => value)

/** Texts that are mostly quotes, escapes and blanks. */
const text = fc.oneof(hostileText, fc.string({ unit: fc.constantFrom('"', '\\', ' ', "'", '\t', '\n', 'a', '-', '='), maxLength: 20 }))

/** What Node holds against the text itself, and not against an option in it. */
function refusalOf(options: string): 'unterminated string' | 'invalid escape' | undefined {
  const { stderr } = spawnSync(process.execPath, ['-v'], { env: { NODE_OPTIONS: options }, encoding: 'utf8' })
  return /unterminated string|invalid escape/.exec(stderr)?.[0] as ReturnType<typeof refusalOf>
}

export const pure = [
  property('NODE_OPTIONS: what is written is read back', 300, fc.array(hostileText), (values) => {
    same(valuesOf(formatNodeOptions(values)), values)
  }),

  property('NODE_OPTIONS: tokens stand where they are said to, with nothing but spaces between', 300, text, (text) => {
    const tokens = tokenizeNodeOptions(text)
    let end = 0
    for (const token of tokens ?? []) {
      same(text.slice(end, token.start).replaceAll(' ', ''), '', 'something is left out')
      same(valuesOf(text.slice(token.start, token.end)), [token.value], 'a token alone is another')
      end = token.end
    }
    if (tokens !== undefined) same(text.slice(end).replaceAll(' ', ''), '', 'something is left out')
  }),
]

export const real = [
  property('NODE_OPTIONS: Node reads what is written', 5, hostileTextWithout(/^-|^$/), (name) => {
    const env = { NODE_OPTIONS: formatNodeOptions(['--report-filename', name]) }
    const { stdout } = spawnSync(process.execPath, ['-p', 'JSON.stringify(process.report.filename)'], { env, encoding: 'utf8' })
    same(stdout, `${JSON.stringify(name)}\n`)
  }),

  property('NODE_OPTIONS: Node refuses what this parser refuses', 5, text, (text) => {
    same(refusalOf(text) === undefined, tokenizeNodeOptions(text) !== undefined)
  }),
]
