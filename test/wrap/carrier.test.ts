import { type Carrier, decodeCarrier, encodeCarrier } from '../../lib/wrap/carrier.js'
import t from '../tap.js'

for (const carrier of [
  { contexts: [], inherited: 0 },
  { contexts: ['/a', '/b "c"'], inherited: 1, nodeOptions: '--require /p', fragile: ['a-b=1'], flagged: true },
] satisfies Carrier[]) {
  t.same(decodeCarrier(encodeCarrier(carrier)), carrier)
}

/** Nothing of these is to reach code that takes it for what it says: that would end a program on its way in. */
const none: readonly (string | undefined)[] = [
  undefined,
  '',
  '{',
  'null',
  '1',
  '"contexts"',
  '[]',
  '{}',
  '{"contexts":[]}',
  '{"contexts":"/a","inherited":0}',
  '{"contexts":[1],"inherited":0}',
  '{"contexts":[null],"inherited":0}',
  '{"contexts":[],"inherited":"0"}',
  '{"contexts":[],"inherited":0,"nodeOptions":1}',
  '{"contexts":[],"inherited":0,"fragile":{}}',
  '{"contexts":[],"inherited":0,"fragile":[1]}',
]
for (const text of none) t.equal(decodeCarrier(text), undefined, String(text))
