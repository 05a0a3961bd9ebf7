export { version } from './part-1.mjs'

export const step = (value) => value
