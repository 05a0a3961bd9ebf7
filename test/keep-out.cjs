// tap brings process-on-spawn, which patches child_process and adds NODE_OPTIONS to every child: the very thing under test.
// With its singleton taken it does nothing. It leans on an internal of tap 21.8; test/neighbourhood.test.ts notices a change.
globalThis[Symbol.for('process-on-spawn@*:singletonId')] = { version: 1, listeners: [], unwrap() {} }
// Workers are given the loaders that tap has for the test itself: they would take ten times as long to start, and measure coverage.
if (!require('node:worker_threads').isMainThread) {
  globalThis[Symbol.for('@tapjs/processinfo.ProcessInfoNodeData')] = { files: [], sources: Object.create(null) }
  const { Module, syncBuiltinESMExports } = require('node:module')
  Module.register = () => {}
  syncBuiltinESMExports()
}
