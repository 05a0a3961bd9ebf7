import { expandEnvSplit } from '../../lib/syntax/env-split.js'
import t from '../tap.js'

const expanded: readonly [words: readonly string[], expected: readonly string[] | undefined][] = [
  [
    ['env', '-S', '-i A=1 node', 'x y'],
    ['env', '-i', 'A=1', 'node', 'x y'],
  ],
  [
    ['env', '-S\tA=1  node '],
    ['env', 'A=1', 'node'],
  ],
  [
    ['env', '-S', '', 'node'],
    ['env', 'node'],
  ],
  [
    ['env', '-iS', 'node'],
    ['env', '-i', 'node'],
  ],
  [
    ['env', '-i', '-v0Snode'],
    ['env', '-i', '-v0', 'node'],
  ],
  [
    ['env', '--split-string=node -p 1'],
    ['env', 'node', '-p', '1'],
  ],
  [
    ['env', '--split-string', 'node', 'x'],
    ['env', 'node', 'x'],
  ],
  [
    ['env', '--debug', '-S', 'node'],
    ['env', '--debug', 'node'],
  ],
  [['env', '-S'], ['env']],
  [['env'], undefined],
  [['env', 'node', '-S', 'x'], undefined],
  [['env', 'A=1', '-S', 'x'], undefined],
  [['env', '-u', '-S', 'x'], undefined],
  [['env', '-S', 'node "a b"'], undefined],
  [['env', '-S', 'A=${B} node'], undefined],
  [['env', '-S', 'node # comment'], undefined],
  [['env', '-S', 'node a\\_b'], undefined],
]
for (const [words, expected] of expanded) t.same(expandEnvSplit(words), expected, JSON.stringify(words))
