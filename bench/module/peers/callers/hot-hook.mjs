// `node --import hot-hook/register`: `import()` gives the version that there is by now.
const load = () => import('./edited.mjs', { with: { hot: 'true' } })

export const step = async (value) => (await load()).step(value)
export const version = async () => (await load()).version()
