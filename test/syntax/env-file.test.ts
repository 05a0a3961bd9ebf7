import { parseEnv } from 'node:util'
import { findInEnvFile } from '../../lib/syntax/env-file.js'
import t from '../tap.js'

/** Files that set A, or do not. */
const files: readonly string[] = [
  '',
  'A=1',
  'A=1\n',
  'A=',
  'A=\nB=2',
  'B=2\nA=--max-old-space-size=100 --no-warnings\nC=3\n',
  '  A = 1 # comment\n',
  'A="1 # 2" # comment',
  'A=\'1 "2"\'',
  'A=`1 "2" \'3\'`',
  'A="1\\n2"',
  "A='1\\n2'",
  'A="1\n2"\nB=3',
  'B="\nA=1\n"',
  'export A=1',
  '# A=1',
  'A=1\nA=2\n',
  'A=1\r\nB=2\r\n',
  'NOTA=1',
  'A.B=1',
  'A="open\nB=1',
  'A=x=y',
]
for (const file of files) t.equal(findInEnvFile(file, 'A'), parseEnv(file).A, JSON.stringify(file))
