// The host: it loads the module, calls it, and unloads it.
import { type LoadedModule, loadModule, stampOf, UnloadError } from 'brood/module'
import type { Exports, Imports, Main } from '../interface.js'

const greeter: LoadedModule<Exports, Main> = await loadModule<Exports, Imports, Main>(new URL('greeter.js', import.meta.url), {
  imports: { salutation: () => 'Good morning' },
  required: ['greet', 'countGreetings'],
  stamp: stampOf(new URL('../interface.d.ts', import.meta.url)),
})

await greeter.main(', how are you?')
for (const name of ['Ada', 'Grace', '']) {
  // What a function of the module throws is a value: the module goes on.
  const greeted = await greeter.exports.greet(name)
  console.log(greeted.ok ? greeted.value : `no greeting: ${greeted.error}`)
}
const count = await greeter.exports.countGreetings()
if (count.ok) console.log(`${count.value} greetings`)

try {
  const { proof } = await greeter.unload()
  console.log(`the ${proof.gone} of "${greeter.name}" is gone`)
} catch (error) {
  if (!(error instanceof UnloadError)) throw error
  console.error(error.message)
  await greeter.unload({ force: true })
}
