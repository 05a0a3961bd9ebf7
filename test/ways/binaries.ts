// Which Node is run: by other names, from other places, of other versions.
import { chmodSync, copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { quoteForShell } from '../../lib/syntax/shell-quote.js'
import { root } from '../support.js'
import { N, node, path, S, say, scratch, type Way, way } from './way.js'

const directory = join(scratch, 'some binaries')
mkdirSync(directory)

function linked(name: string): string {
  symlinkSync(node, join(directory, name))
  return join(directory, name)
}

const copied = join(directory, 'copied')
copyFileSync(node, copied)
mkdirSync(join(directory, 'bin'))
symlinkSync(node, join(directory, 'bin/node'))
const loader = '/lib64/ld-linux-x86-64.so.2'

const byName: readonly Way[] = [
  way('a symbolic link named node', [linked('node'), say, 'child']),
  way('a renamed node', [linked('renamed'), say, 'child']),
  way('a renamed node, by name', ['by-name', say, 'child'], { env: { PATH: `${directory}:${path}` } }),
  way('a renamed node, in a shell text', ['sh', '-c', `${quoteForShell(linked('in-text'))} ${S} child`]),
  way('a copy under another name', [copied, say, 'child']),
  way('a copy, with a cleared NODE_OPTIONS', ['sh', '-c', `NODE_OPTIONS= ${quoteForShell(copied)} ${S} child`]),
  way('nodejs', [linked('nodejs'), say, 'child']),
  way('a node on another PATH', ['node', say, 'child'], { env: { PATH: `${directory}/bin:/usr/bin:/bin` } }),
  way('a node on another PATH, set in a shell', ['sh', '-c', `PATH=${quoteForShell(`${directory}/bin`)}:$PATH; node ${S} child`]),
  way('a node on a PATH set for one command', ['sh', '-c', `PATH=${quoteForShell(`${directory}/bin`)} node ${S} child`]),
  way('a node on a relative PATH', ['node', say, 'child'], { cwd: directory, env: { PATH: `bin:${path}` } }),
  way('a node in the current directory', ['./node', say, 'child'], { cwd: directory }),
  way("a node through the system's loader", [loader, node, say, 'child'], { needs: [loader] }),
]
linked('by-name')

// As version managers do it: a program named node that chooses the real one.
const chooser = join(directory, 'chooser')
mkdirSync(chooser)
writeFileSync(join(chooser, 'node'), `#!/bin/sh\nexec ${N} "$@"\n`)
chmodSync(join(chooser, 'node'), 0o755)

const managers: readonly Way[] = [
  way("a version manager's shim", ['node', say, 'child'], { env: { PATH: `${chooser}:${path}` } }),
  way("a version manager's shim, in a shell text", ['sh', '-c', `node ${S} child`], { env: { PATH: `${chooser}:${path}` } }),
  way("a version manager's shim, by path", [join(chooser, 'node'), say, 'child']),
  way("a version manager's shim, NODE_OPTIONS cleared", ['sh', '-c', `NODE_OPTIONS= node ${S} child`], {
    env: { PATH: `${chooser}:${path}` },
  }),
]

/** The Nodes in test/nodes, where they are installed. */
const installed = join(root, 'test/nodes/node_modules')
const others = ['18', '20', '22', '24', '26']
  .map((version) => ({ version, file: join(installed, `node-${version}`, 'bin/node') }))
  .map((other) => ({ ...other, skip: isInstalled(other.file) ? undefined : 'npm run test:nodes installs it' }))

function isInstalled(file: string): boolean {
  try {
    return readdirSync(dirname(file)).includes('node')
  } catch {
    return false
  }
}

const versions = others.flatMap(({ version, file, skip }): Way[] => [
  way(`Node ${version}, by absolute path`, [file, say, 'child'], { skip }),
  way(`Node ${version}, by PATH`, ['node', say, 'child'], { skip, env: { PATH: `${dirname(file)}:${path}` } }),
  way(`Node ${version}, by PATH, in a shell text`, ['sh', '-c', `NODE_OPTIONS= node ${S} child`], {
    skip,
    env: { PATH: `${dirname(file)}:${path}` },
  }),
])

export const binaries: readonly Way[] = [...byName, ...managers, ...versions]
