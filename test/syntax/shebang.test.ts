import { envShebangWords, parseShebang } from '../../lib/syntax/shebang.js'
import t from '../tap.js'

const lines: readonly [start: string, interpreter: string | undefined, argument?: string | undefined][] = [
  ['#!/bin/sh\n', '/bin/sh'],
  ['#! /bin/sh \n', '/bin/sh'],
  ['#!/usr/bin/env node\nrest', '/usr/bin/env', 'node'],
  ['#!\t/usr/bin/env \t node \t\n', '/usr/bin/env', 'node'],
  ['#!/abs/node --no-warnings --x\n', '/abs/node', '--no-warnings --x'],
  ['#!/usr/bin/env node\r\n', '/usr/bin/env', 'node\r'],
  ['#!\n', undefined],
  ['#!   \n', undefined],
  ['#!/no/newline', undefined],
  ['#', undefined],
  ['', undefined],
  ['\x7fELF', undefined],
  [' #!/bin/sh\n', undefined],
]
for (const [start, interpreter, argument] of lines) {
  t.same(parseShebang(start), interpreter === undefined ? undefined : { interpreter, argument }, JSON.stringify(start))
}

const words: readonly [argument: string, words: string[] | undefined][] = [
  ['node', ['node']],
  ['node --flag', ['node --flag']],
  ['-S node --flag', ['node', '--flag']],
  ['-Snode --title=x', ['node', '--title=x']],
  ['--split-string=node -C dev', ['node', '-C', 'dev']],
  ['-S', undefined],
  ['-i', undefined],
  ['-S -i node', undefined],
  ['-S A=1 node', undefined],
  ['-S node "a b"', undefined],
  ['-S node ${X}', undefined],
  ['A=1', undefined],
]
for (const [argument, expected] of words) t.same(envShebangWords(argument), expected, argument)
