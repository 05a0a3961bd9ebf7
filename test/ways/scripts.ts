// Scripts that the kernel starts by their first line.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { quoteForShell } from '../../lib/syntax/shell-quote.js'
import { N, node, path, S, scratch, type Way, way } from './way.js'

const directory = join(scratch, 'some scripts')
mkdirSync(directory)

function file(name: string, ...lines: readonly string[]): string {
  writeFileSync(join(directory, name), `${lines.join('\n')}\n`, { mode: 0o755 })
  return join(directory, name)
}

const sayChild = "console.log('child')"
const envNode = file('env-node', '#!/usr/bin/env node', sayChild)
const absolute = file('absolute', `#!${node}`, sayChild)
const quoted = quoteForShell(envNode)
symlinkSync(envNode, join(directory, 'linked'))

const byNode: readonly Way[] = [
  way('#!/usr/bin/env node', [envNode]),
  way('#!/usr/bin/env node, with an empty environment but PATH', ['env', '-i', `PATH=${path}`, envNode]),
  way('#!/usr/bin/env -S node --flag', [file('split', '#!/usr/bin/env -S node --no-warnings', sayChild)]),
  way('#!/usr/bin/env -S NODE_OPTIONS=.. node', [file('split-set', '#!/usr/bin/env -S NODE_OPTIONS=--no-warnings node', sayChild)]),
  way('#!/usr/bin/env -S NODE_OPTIONS=.. /abs/node', [
    file('split-set-absolute', `#!/usr/bin/env -S NODE_OPTIONS=--no-warnings ${node}`, sayChild),
  ]),
  way('#!/usr/bin/env -S -i /abs/node', [file('split-empty', `#!/usr/bin/env -S -i ${node}`, sayChild)]),
  way('#!/abs/node', [absolute]),
  way('#!/abs/node --flag', [file('absolute-flag', `#!${node} --no-warnings`, sayChild)]),
  way('a script by name', ['env-node'], { env: { PATH: `${directory}:${path}` } }),
  way('a script of no extension by a symbolic link', [join(directory, 'linked')]),
  way('a script relative to the working directory', ['./env-node'], { cwd: directory }),
  way('a script in a shell text', ['sh', '-c', quoted]),
  way('a script in a shell text, NODE_OPTIONS cleared', ['sh', '-c', `NODE_OPTIONS= ${quoted}`]),
  way('#!/abs/node in a shell text, NODE_OPTIONS cleared', ['sh', '-c', `NODE_OPTIONS= ${quoteForShell(absolute)}`]),
  way('#!/abs/node behind env -i', ['env', '-i', absolute]),
]

const byShell: readonly Way[] = [
  way('a shell script', [file('by-name.sh', '#!/bin/sh', `node ${S} child`)]),
  way('a shell script, by absolute path', [file('by-path.sh', '#!/bin/sh', `exec ${N} ${S} child`)]),
  way('a shell script that clears NODE_OPTIONS', [file('clears.sh', '#!/bin/sh', `NODE_OPTIONS= node ${S} child`)]),
  way('a shell script that unsets it', [file('unsets.sh', '#!/bin/sh', 'unset NODE_OPTIONS', `node ${S} child`)]),
  way('a shell script without a first line', ['sh', file('plain.sh', `node ${S} child`)]),
  way('a script for shell and node', [file('both', '#!/bin/sh', `':' //; exec "$(command -v node)" "$0" "$@"`, sayChild)]),
  way('a launcher that looks for the node beside it', [
    file(
      'launcher',
      '#!/bin/sh',
      'basedir=$(dirname "$0")',
      `[ -x "$basedir/node" ] && exec "$basedir/node" ${S} child || exec node ${S} child`,
    ),
  ]),
]

export const scripts: readonly Way[] = [...byNode, ...byShell]
