import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { formatNodeOptions } from '../../../lib/syntax/node-options.js'
import { encodeCarrier } from '../../../lib/wrap/carrier.js'
import { fillShims, type ShimSource } from '../../../lib/wrap/shims.js'
import { root } from '../../support.js'
import { findShells } from '../../support-stand-in.js'
import { fileName, hostileText } from '../arbitraries.js'
import { property, same } from '../property.js'
import { scratch } from '../scratch.js'

const read = (name: string) => readFileSync(join(root, 'shim-templates', name), 'utf8')
const shells = findShells()
/** Where what is evaluated by mistake would leave its canary. */
const cwd = join(scratch, 'cage')
mkdirSync(cwd)

/** Says, each behind one character, its arguments, and the variables that a shim is about. */
const say = `#!/bin/sh
printf '\\001'
printf '%s\\002' "$@" "$PATH" "\${NODE_OPTIONS-none}" "\${BROOD_CONTEXT-none}" "\${BROOD_SHIM-none}" "$VALUE"
`

const onPath = fileName.filter((name) => !name.includes(':'))

const setup = fc.record({
  /** Names of the directories in which all of it lies. */
  base: onPath,
  store: fileName,
  bin: onPath,
  nodeFlags: fc.array(
    hostileText.filter((text) => text !== ''),
    { maxLength: 2 },
  ),
  nodeOptions: fc.array(hostileText, { maxLength: 2 }),
  args: fc.array(hostileText, { maxLength: 4 }),
  given: fc.option(hostileText),
  value: hostileText,
  others: fc.array(onPath, { maxLength: 2 }),
  program: fc.constantFrom('node', 'npm'),
})

let count = 0

export const real = [
  property('shims: arguments, PATH and variables arrive unchanged, whatever is in them', 60, setup, (one) => {
    const top = join(scratch, `shims-${count++}`)
    const directory = join(top, one.base)
    const bin = join(top, `bin ${one.bin}`)
    const store = join(top, `store ${one.store}`)
    for (const made of [directory, bin, store]) mkdirSync(made, { recursive: true })
    writeFileSync(join(directory, 'context.json'), '{}')
    const preload = join(store, 'preload.cjs')
    writeFileSync(preload, '')
    writeFileSync(join(bin, one.program), say, { mode: 0o755 })
    const source: ShimSource = {
      directory,
      chain: [directory],
      nodeOptions: one.nodeOptions,
      nodeFlags: one.nodeFlags,
      preload,
      node: '/nowhere/node',
      npm: '/nowhere/npm',
    }
    const shim = fillShims(source, [], '', read, false).find(({ name }) => name === one.program)?.text ?? ''
    writeFileSync(join(directory, one.program), shim, { mode: 0o755 })

    const rest = [...one.others, bin, '/usr/bin', '/bin'].join(':')
    const ours = formatNodeOptions(['--require', preload, ...one.nodeOptions])
    const env = { PATH: `${directory}:${rest}`, VALUE: one.value, ...(one.given !== null && { NODE_OPTIONS: one.given }) }
    // Under the permission model a shim takes itself out of the way.
    const isNode = one.program === 'node'
    const expected = [
      ...(isNode ? one.nodeFlags : []),
      ...one.args,
      isNode ? rest : env.PATH,
      one.given === null ? ours : `${ours} ${one.given}`,
      encodeCarrier({ contexts: [directory], inherited: 0 }),
      isNode ? 'path' : 'none',
      one.value,
    ]
    for (const [file, ...flags] of shells) {
      const { stdout, stderr } = spawnSync(file, [...flags, join(directory, one.program), ...one.args], { env, cwd, encoding: 'utf8' })
      same(stdout.slice(1).split('\u0002'), [...expected, ''], `${file}: ${stderr}`)
      same(existsSync(join(cwd, 'canary')), false, 'something was evaluated')
    }
  }),
]
