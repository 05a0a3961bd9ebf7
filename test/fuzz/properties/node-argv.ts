import * as fc from 'fast-check'
import { parseNodeArgv } from '../../../lib/syntax/node-argv.js'
import { hostileText } from '../arbitraries.js'
import { property, same } from '../property.js'

const withValue = fc.constantFrom('-r', '--require', '--import', '-C', '--title', '--stack_trace_limit', '-e', '--env-file')
const withoutValue = fc.constantFrom('--harmony', '--inspect', '--use_strict', '-p', '--no-warnings', '--test', '--allow-natives-syntax')
const equalsValue = fc.tuple(fc.constantFrom('--require', '--title', '--inspect', '--harmony', '--x'), hostileText)

/** An option as Node knows it, and the arguments it is written as. */
const option = fc.oneof(
  fc.tuple(withValue, hostileText).map(([name, value]) => ({ name, value: value as string | undefined, source: [name, value] })),
  withoutValue.map((name) => ({ name, value: undefined, source: [name] })),
  equalsValue.map(([name, value]) => ({ name, value: value as string | undefined, source: [`${name}=${value}`] })),
)

const main = fc.oneof(
  fc.constantFrom('-', '--', 'main.js', ''),
  hostileText.filter((text) => !text.startsWith('-')),
)

export const pure = [
  property(
    'node argv: options and main are found as they were written',
    200,
    fc.tuple(fc.array(option), main, fc.array(hostileText)),
    (line) => {
      const [options, script, args] = line
      const rest = [script, ...args]
      same(parseNodeArgv([...options.flatMap(({ source }) => source), ...rest]), { options, rest })
    },
  ),

  property('node argv: nothing is lost', 200, fc.array(fc.oneof(hostileText, withValue, withoutValue)), (args) => {
    const { options, rest } = parseNodeArgv(args)
    same([...options.flatMap(({ source }) => source), ...rest], args)
  }),
]
