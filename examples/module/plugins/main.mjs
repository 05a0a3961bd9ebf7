// A host of plugins that others have written: each in a thread of its own, loaded and unloaded while the host runs, and seen to be gone.
//   node examples/module/plugins/main.mjs
import { createInterface } from 'node:readline'
import { loadModule } from 'brood/module'

/** Those that were loaded, whatever has become of them. */
const loaded = new Map()

const commands = {
  async load(name) {
    const plugin = await loadModule(new URL(`plugins/${name}.mjs`, import.meta.url), {
      imports: { punctuation: () => '!' },
      required: ['transform'],
      limits: { callTime: 1000 },
      quiet: true,
    })
    loaded.set(name, plugin)
    return `${name} is loaded`
  },

  async call(name, ...words) {
    const outcome = await find(name).exports.transform(words.join(' '))
    // What it throws is a value, and the plugin goes on.
    return outcome.ok ? outcome.value : `it threw ${outcome.error}`
  },

  unload: (name) => unload(name, {}),
  force: (name) => unload(name, { force: true }),
  list: () => [...loaded].map(([name, { state }]) => `${name}: ${state}`).join('\n'),
  help: () => 'load NAME, call NAME TEXT, unload NAME, force NAME, list, quit\nplugins: shout, leaky, endless',
}

async function unload(name, options) {
  const { ms, leftovers, proof } = await find(name).unload(options)
  const threads = proof.bySystem ? `thread ${proof.osId} is gone, says the system` : 'its thread is gone, says Node'
  const left = leftovers.map(({ description }) => `\n  with it went: ${description}`).join('')
  return `${name} is unloaded: ${threads}, ${proof.descriptors} descriptors left, ${ms.toFixed(0)} ms${left}`
}

function find(name) {
  const plugin = loaded.get(name)
  if (plugin === undefined) throw new Error(`${name ?? 'that'} is not loaded`)
  return plugin
}

const lines = createInterface({ input: process.stdin, output: process.stdin.isTTY ? process.stdout : undefined, prompt: '> ' })
console.log(commands.help())
lines.prompt()
for await (const line of lines) {
  const [name = '', ...words] = line.trim().split(/\s+/)
  if (name === 'quit') break
  try {
    if (name !== '') console.log(await (commands[name] ?? commands.help)(...words))
  } catch (error) {
    console.log(error.message)
  }
  lines.prompt()
}
lines.close()
for (const plugin of loaded.values()) if (plugin.state === 'loaded') await plugin.unload({ force: true })
