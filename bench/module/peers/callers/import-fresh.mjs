import createImportFresh from 'import-fresh'

const importFresh = createImportFresh(import.meta.url)
const load = () => importFresh('./edited.mjs')

export const step = async (value) => (await load()).step(value)
export const version = async () => (await load()).version()
