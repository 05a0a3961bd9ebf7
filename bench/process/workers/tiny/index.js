// A package, as a module with tasks imports one.
export const add = (a, b) => a + b
