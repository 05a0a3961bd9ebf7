import edited from './edited.cjs'

export const step = (value) => edited.step(value)
export const version = () => edited.version()
