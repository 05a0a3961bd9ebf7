// What NODE_OPTIONS requires in every child: bundled without dependencies into one small file that any Node can parse.
// What most processes do not need lies in files beside it, and is compiled where it is needed (deferred.ts).
import { boot } from './boot.js'
import { loadDeferred } from './deferred.js'

boot(module, () => loadDeferred('wrapper-main'))
