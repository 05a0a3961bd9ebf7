// Stands in for `node:module` in the bundled preload (see build:preload): its first `require` costs a child 0.3 ms,
// because Node builds an ES module of it, while the class is at hand as the constructor of the preload's own module.
declare const module: NodeJS.Module

export const Module = module.constructor as typeof import('node:module').Module
