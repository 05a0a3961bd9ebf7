import { hot } from 'brood/module'

const edited = await hot(import.meta.url, './edited.cjs', () => import('./edited.cjs'))

export const step = (value) => edited.step(value)
export const version = () => edited.version()
