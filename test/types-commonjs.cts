// The same for `require('brood')`, which is the wrap function.
import wrap = require('brood')

const unwrap: wrap.Unwrap = wrap(['main.js'], { A: '1' })
unwrap()
const context: wrap.Context = wrap.createContext({ main: 'main.js' })
const undo: wrap.Undo = context.onSpawn((spawn: wrap.SpawnDetails): wrap.SpawnChanges => ({ file: spawn.file }))
undo()
const data: wrap.JsonValue | undefined = wrap.currentContext()?.data
const inherited: wrap.InheritedContext | undefined = wrap.currentContext()?.outer
context.environment({ DATA: JSON.stringify([data, inherited]) })
context.dispose()
const code: wrap.BroodErrorCode = new wrap.BroodError('ERR_BROOD_SHIM_ROOT', '').code
wrap.runMain()
wrap.wrap({ A: code })

// @ts-expect-error neither argv nor env
wrap()
