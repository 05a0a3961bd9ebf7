// The library itself: dist/module.js is a door to it, so that there is one copy of everything, however it is imported.
export * from './index.js'
