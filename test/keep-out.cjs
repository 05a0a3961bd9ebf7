// tap brings process-on-spawn, which patches child_process and adds NODE_OPTIONS to every child: the very thing under test.
// With its singleton taken it does nothing. It leans on an internal of tap 21.8; test/neighbourhood.test.ts notices a change.
globalThis[Symbol.for('process-on-spawn@*:singletonId')] = { version: 1, listeners: [], unwrap() {} }

// tap registers module hooks as well, which measure coverage and follow source maps. Neither is wanted here: a test file takes three times
// as long to start with them, and a Worker, which inherits them, ten times as long.
if (process.execArgv.some((arg) => /processinfo\S*\bimport\.mjs$/.test(arg)) || !require('node:worker_threads').isMainThread) {
  globalThis[Symbol.for('@tapjs/processinfo.ProcessInfoNodeData')] = { files: [], sources: Object.create(null) }
  const { Module, syncBuiltinESMExports } = require('node:module')
  const { register, registerHooks } = Module
  const keepOut = () => {
    Object.assign(Module, { register, ...(registerHooks && { registerHooks }) })
    syncBuiltinESMExports()
  }
  Object.assign(Module, { register: keepOut, ...(registerHooks && { registerHooks: keepOut }) })
  syncBuiltinESMExports()
}
