import * as fc from 'fast-check'
import { denormalize } from '../../../lib/wrap/denormalize.js'
import type { FileSystem } from '../../../lib/wrap/find-program.js'
import { munge } from '../../../lib/wrap/munge.js'
import { mungeCmd } from '../../../lib/wrap/mungers/cmd.js'
import { normalize } from '../../../lib/wrap/normalize.js'
import type { Plan } from '../../../lib/wrap/plan.js'
import { hostileText, variables } from '../arbitraries.js'
import { property, same } from '../property.js'
import { shellProgram } from '../shell-texts.js'

const shims = '/root/.node-spawn-wrap-1-x'
const posix: Plan = {
  windows: false,
  shims: [shims],
  nodeName: 'node',
  nodeOptions: '--require /store/preload.cjs',
  nodeFlags: [],
  carrier: { contexts: [shims], inherited: 0 },
}
const windows: Plan = { ...posix, windows: true, shims: ['C:\\shims'], carrier: { contexts: ['C:\\shims'], inherited: 0 } }
const everything: FileSystem = {
  isProgram: () => true,
  readStart: (path) => (path.endsWith('script') ? '#!/usr/bin/env node\n' : '\u007fELF'),
  readText: () => '',
}

const program = fc.oneof(
  fc.constantFrom(
    'node',
    '/usr/bin/node',
    'npm',
    'sh',
    'bash',
    '/bin/true',
    'env',
    'nice',
    'script',
    './script',
    'cmd.exe',
    'C:\\nodejs\\node.exe',
    '',
  ),
  hostileText,
)
const args = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: hostileText },
    { weight: 1, arbitrary: fc.constantFrom('-c', '-i', '-u', '--', '/c', 'node', 'A=1') },
    { weight: 1, arbitrary: shellProgram('node') },
  ),
  { maxLength: 6 },
)
const environment = fc.option(variables.map((list) => list.map(([name, value]) => `${name}=${value}`)))

/** A call as Node makes it: an object of options, or since Node 24 its parts one by one. */
const call = fc
  .record({
    file: program,
    args,
    env: environment,
    cwd: fc.option(hostileText),
    positional: fc.boolean(),
    stdio: fc.constant([{ type: 'pipe' }]),
  })
  .map(({ file, args: rest, env, cwd, positional, stdio }) =>
    positional
      ? [file, [file, ...rest], cwd, env, stdio, 3, undefined, undefined]
      : [{ file, args: [file, ...rest], cwd, envPairs: env, stdio, detached: true, windowsVerbatimArguments: false }],
  )

function freeze<T>(value: T): T {
  if (value !== null && typeof value === 'object') for (const inner of Object.values(Object.freeze(value))) freeze(inner)
  return value
}

const argsOf = (call: readonly unknown[]) =>
  (typeof call[0] === 'string' ? call[1] : (call[0] as { args: unknown }).args) as readonly string[]
const othersOf = (call: readonly unknown[]) =>
  typeof call[0] === 'string'
    ? call.filter((_, index) => index > 3 || index === 2)
    : { ...(call[0] as object), file: 0, args: 0, envPairs: 0 }

/** Are the arguments all there, in order, each whole or with something put into it? */
function areKept(args: readonly string[], among: readonly string[]): boolean {
  let at = 0
  for (const argument of among) if (at < args.length && isPartOf(args[at] as string, argument)) at++
  return at === args.length
}

function isPartOf(part: string, whole: string): boolean {
  let at = 0
  for (let index = 0; index < whole.length && at < part.length; index++) if (whole[index] === part[at]) at++
  return at === part.length
}

/** Paths that cmd.exe can be given within its own quotes. */
const node = 'C:\\Program Files\\nodejs\\node.exe'
const onlyNode: FileSystem = { isProgram: (path) => path.toLowerCase() === node.toLowerCase(), readStart: () => '', readText: () => '' }
const cmdText = fc
  .array(
    fc.constantFrom(
      'node',
      'node.exe',
      'Node',
      'nodemon',
      'x',
      ' ',
      '  ',
      '"',
      '^',
      '&',
      '&&',
      '||',
      '|',
      '(',
      ')',
      '@',
      '%',
      '%A%',
      '!',
      '<',
      '>',
      '>out',
      ',',
      ';',
      '=',
      '\n',
      '\r\n',
      'rem ',
      'if ',
      'for ',
      ':',
      'call ',
      '\\',
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''))

export const pure = [
  property(
    'requests: what the caller passed is kept, and never changed',
    300,
    fc.tuple(call, fc.constantFrom(posix, windows)),
    ([asked, plan]) => {
      freeze(asked)
      const request = normalize(asked, () => ['PATH=/bin'])
      if (request === undefined) throw new Error('not normalized')
      same(argsOf(denormalize(asked, request)), argsOf(asked), 'a request that nobody changed')
      const munged = munge(freeze(request), plan, everything)
      const started = denormalize(asked, munged)
      same(othersOf(started), othersOf(asked))
      // A script that is started by its node is named behind it.
      same(areKept(argsOf(asked).slice(1), argsOf(started)), true, fc.stringify(argsOf(started)))
    },
  ),

  property(
    'requests: no argument is evaluated, joined or split',
    150,
    fc.tuple(fc.constantFrom('node', '/bin/true', 'make', 'npm'), fc.array(hostileText)),
    ([file, list]) => {
      const request = normalize([{ file, args: [file, ...list], envPairs: ['PATH=/bin'] }], () => [])
      if (request === undefined) throw new Error('not normalized')
      same(munge(request, posix, everything).args, [file, ...list])
    },
  ),

  property('cmd.exe: a node that is replaced by its path is all that is replaced', 100, cmdText, (text) => {
    const asked = { file: 'cmd.exe', args: ['cmd.exe', '/d', '/s', '/c', `"${text}"`], env: ['Path=C:\\shims;C:\\Program Files\\nodejs'] }
    const munged = mungeCmd({ ...asked, cwd: 'D:\\w', uid: undefined, gid: undefined, untouched: false, flagged: false }, windows, onlyNode)
      .args[4] as string
    const back = munged.slice(1, -1).split(`"${node}"`)
    same(isMadeOf(back, text), true, munged)
    // What stands in quotes is no command.
    for (const [index, part] of back.slice(0, -1).entries()) {
      const before = back.slice(0, index + 1).join('')
      same(/(?:^|[&|(@]|[ \t])$/.test(part) && !before.replace(/"[^"]*"|\^./gs, '').includes('"'), true, munged)
    }
  }),
]

/** Is the text these parts with `node` or `node.exe`, in any case, between them? */
function isMadeOf(parts: readonly string[], text: string): boolean {
  const pattern = parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('node(?:\\.exe)?')
  return new RegExp(`^${pattern}$`, 'i').test(text)
}
