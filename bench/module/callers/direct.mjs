// The module as it is, imported once: what all others are compared with.
import * as edited from './edited.mjs'

export const step = (value) => edited.step(value)
export const version = () => edited.version()
