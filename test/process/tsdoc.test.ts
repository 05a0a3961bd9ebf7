// Who imports something from brood/process is told by an editor what it is.
import { PublicDocs } from '../public-docs.js'
import t from '../tap.js'

const docs = new PublicDocs('process/index.d.ts')

t.test('each export and each of its members has a comment', (t) => {
  docs.checkComments(t, 100)
  t.end()
})

t.test('each option says its default', (t) => {
  docs.checkDefaults(t, /(?:Options|Configuration)\./, 30)
  t.end()
})
