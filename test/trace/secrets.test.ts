import * as fc from 'fast-check'
import { mayHoldSecret, recordable } from '../../lib/trace/recordable.js'
import { maskSecrets, secretForms, showable } from '../../lib/trace/secrets.js'
import t from '../tap.js'

const url = (user: string) => `https://${user}@example.org/x?y=1`
const masked: readonly (readonly [command: readonly string[], expected: readonly string[]])[] = [
  [
    ['node', 'x', '--token=abc'],
    ['node', 'x', '--token=***'],
  ],
  [
    ['node', 'x', '--token', 'abc', 'y'],
    ['node', 'x', '--token', '***', 'y'],
  ],
  [
    ['x', '--npm-token=a', '--api-key=b', '--apiKey', 'c', '--client_secret=d', '-password=e'],
    ['x', '--npm-token=***', '--api-key=***', '--apiKey', '***', '--client_secret=***', '-password=***'],
  ],
  [
    ['x', '--githubToken=a', '--dbPassword', 'b'],
    ['x', '--githubToken=***', '--dbPassword', '***'],
  ],
  [
    ['env', 'PASSWORD=a', 'DB_PASSWORD=b', 'HOME=/c', 'node'],
    ['env', 'PASSWORD=***', 'DB_PASSWORD=***', 'HOME=/c', 'node'],
  ],
  [
    ['npm', 'publish', '--//registry.example.org/:_authToken=abc'],
    ['npm', 'publish', '--//registry.example.org/:_authToken=***'],
  ],
  [
    ['mysql', '-pabc', '-u', 'root'],
    ['mysql', '-p***', '-u', 'root'],
  ],
  [
    ['/usr/bin/mysqldump', '-pabc'],
    ['/usr/bin/mysqldump', '-p***'],
  ],
  [
    ['7z', 'a', '-pabc'],
    ['7z', 'a', '-p***'],
  ],
  [
    ['curl', '-u', 'me:abc', 'x'],
    ['curl', '-u', '***', 'x'],
  ],
  [
    ['curl', '-H', 'Authorization: Bearer abc.def', 'x'],
    ['curl', '-H', 'Authorization: Bearer ***', 'x'],
  ],
  [
    ['git', 'clone', url('me:abc')],
    ['git', 'clone', url('***')],
  ],
  [
    ['git', 'clone', url('x0123456789abcdef0123')],
    ['git', 'clone', url('***')],
  ],
  [
    ['node', 'x', `ghp_${'a1'.repeat(18)}`],
    ['node', 'x', '***'],
  ],
  [
    ['x', 'eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM'],
    ['x', '***'],
  ],
  [
    ['sh', '-c', 'curl --token abc https://x && PASSWORD="a b" node y'],
    ['sh', '-c', 'curl --token *** https://x && PASSWORD=*** node y'],
  ],
  [
    ['sh', '-c', 'git clone https://me:abc@example.org/x; echo ok'],
    ['sh', '-c', 'git clone https://***@example.org/x; echo ok'],
  ],
]
for (const [command, expected] of masked) t.same(maskSecrets(command), expected, command.join(' '))

const plain: readonly (readonly string[])[] = [
  ['node', '-p', '40 + 2'],
  ['node', '-pe', '1'],
  ['npm', 'test', '--', '--passWithNoTests'],
  ['node', 'x', '--token'],
  ['node', 'x', '--token', '--verbose'],
  ['x', '--tokenizer=fast', '--bypass', 'y', '--author=me', '--secretary', 'z', '--passes=3', '--compass', 'n'],
  ['git', 'clone', 'git@example.org:me/x.git'],
  ['git', 'clone', 'ssh://git@example.org/me/x.git'],
  ['x', 'https://example.org:8080/a@b'],
  ['mkdir', '-parents'],
  ['x', 'token', 'abc'],
  [],
  [''],
]
for (const command of plain) t.same(maskSecrets(command), command, command.join(' '))

t.test('what is written down has an end, and to read it does not take long', (t) => {
  const hostile = [
    '--token='.repeat(20_000),
    `https://${'a:'.repeat(20_000)}`,
    'eyJ'.repeat(20_000),
    '-'.repeat(50_000),
    `Cookie${' '.repeat(50_000)}`,
  ]
  const before = process.cpuUsage()
  const kept = showable(['x', ...hostile])
  const { user } = process.cpuUsage(before)
  t.equal(kept.length, 6)
  t.ok(kept.every((argument) => argument.length < 5000))
  t.ok(user < 2_000_000, `${user} µs of processor time`)
  t.match(kept[5], /^Cookie {4090}… \(50006 characters\)$/)

  const many = recordable(
    Array.from({ length: 100_000 }, () => 'argument'),
    true,
    () => undefined,
  )
  t.equal(many.at(-1), `… (${100_000 - many.length + 1} more arguments)`)
  t.same(
    recordable(['x', '--token=abc'], true, () => maskSecrets),
    ['x', '--token=abc'],
    'raw',
  )
  t.same(
    recordable(['x', '--token=abc'], false, () => maskSecrets),
    ['x', '--token=***'],
  )
  t.end()
})

t.test('the masks are loaded for commands that may hold a secret, and only for them', (t) => {
  let loads = 0
  const load = () => {
    loads++
    return maskSecrets
  }
  const harmless = ['/usr/bin/node', '/app/node_modules/.bin/tsc', 'a_b', 'x.y~z,@1']
  t.same(recordable(harmless, false, load), harmless)
  t.equal(loads, 0)
  t.same(recordable(['x', '--token', 'abc'], false, load), ['x', '--token', '***'])
  t.equal(loads, 1)
  for (const [command] of masked) t.ok(command.some(mayHoldSecret), command.join(' '))
  const piece = fc.constantFrom(
    'ghp_',
    'npm_',
    'glpat-',
    'xoxb-',
    'AKIA',
    'AIza',
    'eyJ',
    'token',
    'pass',
    '.',
    '/',
    '@',
    'a1B2c3D4e5F6g7H8i9J0',
    '-p',
    '-u',
    'curl',
  )
  const text = fc.oneof(
    fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('')),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (command) => {
      const isChanged = maskSecrets(command).some((argument, index) => argument !== command[index])
      return !isChanged || command.some(mayHoldSecret)
    }),
    { numRuns: 2000 },
  )
  t.end()
})

t.test('where the masks are gone, nothing that may be a secret is told', (t) => {
  t.same(
    recordable(['x', '--token', 'abc', 'y'], false, () => undefined),
    ['x', '***', '***', '***'],
  )
  t.same(
    recordable(['eyJx.y.z', '-a'], false, () => undefined),
    ['***', '***'],
  )
  t.same(
    recordable(['x', 'y'], false, () => undefined),
    ['x', 'y'],
  )
  t.end()
})

t.test('no secret of a known form lacks its sign', (t) => {
  const letters = 'a1'.repeat(20)
  const samples = [
    'https://me:abc@example.org',
    `HTTP://${letters}@example.org`,
    ...['ghp_', 'github_pat_', 'npm_', 'sk_live_', 'glpat-', 'xoxb-', 'AIza'].map((start) => start + letters),
    `AKIA${'A1'.repeat(8)}`,
    `eyJ${letters}.${letters}.x`,
    'Authorization: Bearer x',
    'cookie:x',
  ]
  for (const { sign, pattern } of secretForms) {
    const found = samples.filter((sample) => sample.replace(pattern, '') !== sample)
    t.ok(found.length > 0, `${pattern} is tried`)
    for (const sample of found) t.ok(sample.includes(sign), sample)
    // All in front of which a pattern may match stands in the pattern: without its sign nothing is found.
    for (const sample of samples) {
      const without = sample.replaceAll(sign, '')
      t.equal(without.replace(pattern, ''), without, `${without} and ${pattern}`)
    }
  }
  for (const sample of samples) t.match(maskSecrets([sample])[0], /\*\*\*/, sample)
  t.end()
})
