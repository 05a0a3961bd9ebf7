// The same for tinypool and piscina: by the names of exports. One argument each.
export const add = ([a, b]) => a + b
export const echo = (value) => value
