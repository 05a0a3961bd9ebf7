import '../posix-only.js'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type ContextOptions, createContext } from 'brood'
import { denormalizeExecve } from '../../lib/wrap/denormalize.js'
import { normalizeExecve } from '../../lib/wrap/normalize.js'
import { fixture, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const scratch = temporaryDirectory(t)
const say = fixture('execve/say.cjs')
const become = fixture('execve/become.cjs')
const node = process.execPath
const renamed = join(scratch, 'renamed')
symlinkSync(node, renamed)
const script = (name: string, text: string) => {
  writeFileSync(join(scratch, name), text, { mode: 0o755 })
  return join(scratch, name)
}
const byEnv = script('by env', `#!/usr/bin/env node\nrequire(${JSON.stringify(say)})\n`)
const byPath = script('by-path', `#!${node}\nrequire(${JSON.stringify(say)})\n`)
const byShell = script('by-shell', `#!/bin/sh\nexec node '${say}' "$@"\n`)
const env = { PATH: process.env.PATH ?? '', A: 'a b', 'odd-name': '1' }

t.test('arguments are read, and written back in their form', (t) => {
  const common = { cwd: undefined, uid: undefined, gid: undefined, untouched: false, flagged: false }
  const inherit = () => ['INHERITED=1']
  const read = (...call: unknown[]) => normalizeExecve(call, inherit)
  t.same(read('/f', ['f', 'x'], { A: '1', B: '=' }), { file: '/f', args: ['f', 'x'], env: ['A=1', 'B=='], ...common })
  t.same(read('/f', ['f']), { file: '/f', args: ['f'], env: ['INHERITED=1'], ...common }, 'no variables')
  t.same(read('/f'), { file: '/f', args: [], env: ['INHERITED=1'], ...common }, 'no arguments')
  t.equal(read('f', ['f'])?.file, './f', 'it looks at no PATH')
  const refused = [[], [1], ['/f', 'x'], ['/f', [1]], ['/f', ['\0']], ['/f', [], null], ['/f', [], []], ['/f', [], 1], ['/f\0']]
  const withVariables = [{ A: 1 }, { A: '\0' }, { 'A\0': '1' }].map((variables) => ['/f', [], variables])
  for (const call of [...refused, ...withVariables]) t.equal(read(...call), undefined, JSON.stringify(call))

  const request = { file: '/g', args: ['g'], env: ['A=1', '__proto__=2', 'B==', '=C:=d'], ...common }
  const [file, args, variables] = denormalizeExecve(['/f'], request)
  t.same(
    [file, args, Object.entries(variables as object)],
    [
      '/g',
      ['g'],
      [
        ['A', '1'],
        ['__proto__', '2'],
        ['B', '='],
        ['=C:', 'd'],
      ],
    ],
  )
  t.equal(denormalizeExecve(['f'], { ...request, file: './f' })[0], 'f', 'as it was written')
  t.end()
})

t.test('it is replaced, and taken back in any order with a foreign patch', (t) => {
  const holder = process as unknown as { execve?: (...call: unknown[]) => unknown }
  const real = Object.getOwnPropertyDescriptor(process, 'execve')
  t.teardown(() => (real === undefined ? delete holder.execve : Object.defineProperty(process, 'execve', real)))
  const calls: unknown[][] = []
  // In place of Node's, which would end the tests.
  function execve(this: unknown, file: unknown, ...rest: unknown[]) {
    if (typeof file !== 'string') throw new TypeError(`no file: ${String(file)}`)
    calls.push([this, file, ...rest])
  }
  Object.defineProperty(process, 'execve', { value: execve, writable: true, enumerable: true, configurable: true })

  const context = createContext({ env: { MARK: 'yes' }, shimRoot: scratch })
  const undo = context.patch()
  const ours = holder.execve as NonNullable<typeof holder.execve>
  t.not(ours, execve)
  t.same([ours.name, ours.length], ['execve', 1])
  t.match(Object.getOwnPropertyDescriptor(process, 'execve'), { writable: true, enumerable: true, configurable: true })
  holder.execve?.(node, ['node', 'x'], Object.freeze({ A: '1' }))
  const [self, file, args, variables] = calls.pop() ?? []
  t.same([self === process, file, args], [true, node, ['node', 'x']])
  t.match(variables, { A: '1', NODE_OPTIONS: /--require .*preload\.cjs/, BROOD_CONTEXT: /node-spawn-wrap/, PATH: /node-spawn-wrap/ })
  holder.execve?.(node, 'no array')
  t.same(calls.pop()?.slice(1), [node, 'no array'], 'what Node refuses reaches it as it is')
  const thrown = t.throws(() => holder.execve?.(1), { message: 'no file: 1' })
  t.notOk((thrown as Error).stack?.includes(join(root, 'dist')), 'no frame of brood')

  const foreign = (...call: unknown[]) => ours.apply(process, call)
  holder.execve = foreign
  undo()
  t.equal(holder.execve, foreign)
  holder.execve(node, ['node'], { A: '1' })
  t.same(calls.pop()?.slice(1), [node, ['node'], { A: '1' }], 'passed through')
  holder.execve = execve
  context.patch()()
  t.equal(holder.execve, execve)
  context.dispose()
  t.end()
})

interface Said {
  readonly pid: number
  readonly mark?: string
  readonly wrappers?: number
}

const cases: Readonly<Record<string, readonly unknown[]>> = {
  'an absolute path': [node, [node, say, 'x'], env],
  'the environment of the process': [node, [node, say]],
  'an empty environment': [node, [node, say], {}],
  'flags, and an argv[0] of its own': [node, ['my-node', '--no-warnings', say, 'a b', ''], env],
  'a relative path': [`./${basename(node)}`, ['x', say], env],
  'a name in the working directory': [basename(node), ['x', say], env],
  'another name for node': [renamed, ['renamed', say], env],
  'NODE_OPTIONS of its own': [node, [node, say], { ...env, NODE_OPTIONS: '--no-warnings' }],
  'a shell': ['/bin/sh', ['sh', '-c', `node ${say}`], env],
  'a shell that clears NODE_OPTIONS': ['/bin/sh', ['sh', '-c', `NODE_OPTIONS= exec ${node} ${say}`], env],
  'env -i': ['/usr/bin/env', ['env', '-i', node, say], env],
  'a script by env': [byEnv, ['ignored', 'x'], env],
  'a script by path': [byPath, ['ignored', 'x'], {}],
  'a script for a shell': [byShell, ['ignored', 'x'], { PATH: env.PATH, A: '1' }],
  'one after the other': [node, [node, become, 'LATER'], env],
}
const later = JSON.stringify([node, [node, say, 'last'], {}])

t.test('the new program is wrapped, in the same process, and sees no difference', async (t) => {
  if (!('execve' in process)) return t.pass(`skipped: Node ${process.version} has no process.execve`)
  const contexts: Readonly<Record<string, ContextOptions>> = {
    'preload only': { env: { MARK: 'yes' }, shimRoot: scratch },
    'with a wrapper main': { env: { MARK: 'yes' }, main: fixture('workers/wrapper.cjs'), shimRoot: scratch },
    'with a flag for command lines': { env: { MARK: 'yes' }, execArgv: ['--harmony'], shimRoot: scratch },
  }
  const start = async (call: readonly unknown[]) => {
    const child = spawn(node, ['--no-warnings', become, JSON.stringify(call), later], {
      cwd: dirname(node),
      env: { ...env, HOME: scratch },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    const [code] = (await once(child, 'close')) as [number | null]
    t.equal(code, 0, output)
    const { pid, mark, wrappers, ...seen } = JSON.parse(output) as Said
    return { seen, mark, wrappers, isSamePid: pid === child.pid }
  }
  for (const [name, call] of Object.entries(cases)) {
    const bare = await start(call)
    t.equal(bare.mark, undefined, `${name}, bare`)
    for (const [contextName, options] of Object.entries(contexts)) {
      const context = createContext(options)
      const undo = context.patch()
      const running = start(call)
      undo()
      const { seen, mark, wrappers, isSamePid } = await running
      context.dispose()
      t.strictSame(seen, bare.seen, `${name}, ${contextName}`)
      t.strictSame(
        [mark, wrappers, isSamePid],
        ['yes', options.main === undefined ? undefined : 1, bare.isSamePid],
        `${name}, ${contextName}`,
      )
    }
  }
  return undefined
})

t.test('what it refuses, and in a Worker', async (t) => {
  if (!('execve' in process)) return t.pass(`skipped: Node ${process.version} has no process.execve`)
  const context = createContext({ env: {}, shimRoot: scratch })
  const run = async () => {
    const child = spawn(node, ['--no-warnings', fixture('programs/execve-refused.cjs')])
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    await once(child, 'close')
    return output
  }
  const bare = await run()
  const undo = context.patch()
  const running = run()
  undo()
  t.match(bare, /ERR_WORKER_UNSUPPORTED_OPERATION/)
  t.equal(await running, bare)
  context.dispose()
  return undefined
})
