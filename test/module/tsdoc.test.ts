// Who imports something from brood/module is told by an editor what it is.
import { PublicDocs } from '../public-docs.js'
import t from '../tap.js'

const docs = new PublicDocs('module/index.d.ts')

t.test('each export and each of its members has a comment', (t) => {
  docs.checkComments(t, 80)
  t.end()
})

t.test('each option says its default', (t) => {
  docs.checkDefaults(t, /(?:Options|Limits)\./, 15)
  t.end()
})

t.test('what can fail says how', (t) => {
  const cannotFail = new Set(['hotHandle', 'importsOf'])
  const functions = docs.functions.filter((name) => !cannotFail.has(name))
  t.ok(functions.length >= 4, functions.join())
  for (const name of [...functions, 'LoadedModule.main', 'LoadedModule.exports', 'LoadedModule.sync', 'LoadedModule.unload', 'imports']) {
    const [, part] = docs.parts.find(([each]) => each === name) ?? []
    t.ok(part !== undefined && docs.tagsOf(part).includes('throws'), name)
  }
  t.end()
})
