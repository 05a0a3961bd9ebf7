import { loadModule } from 'brood/module'

const url = new URL('plugin.mjs', import.meta.url)

/** The same, by loadModule(). */
export async function open() {
  const plugin = await loadModule(url, { quiet: true })
  return {
    call: async (name, ...args) => valueOf(await plugin.exports[name](...args)),
    callSync: (name, ...args) => valueOf(plugin.sync[name](...args)),
    // That it is ended meanwhile is what is measured.
    start: (name) => void plugin.exports[name]().catch(() => {}),
    close: () => plugin.unload(),
    kill: () => plugin.unload({ force: true }),
  }
}

function valueOf({ ok, value, error }) {
  if (ok) return value
  throw error
}
