// Properties that shells, the kernel, `env` and Node are asked about, tried on random cases: the same ones each time.
import '../posix-only.js'
import t from '../tap.js'
import { real } from './properties/index.js'
import { tryAll } from './try-all.js'

tryAll(t, real)
