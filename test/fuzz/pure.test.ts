// Properties of parsers, mungers and what goes round through them, tried on random cases: the same ones each time. `npm run fuzz` tries others.
import '../posix-only.js'
import t from '../tap.js'
import { pure, real } from './properties/index.js'
import { tryAll } from './try-all.js'

const count = [...pure, ...real].reduce((sum, { cases }) => sum + cases, 0)
t.equal(count, 5000, 'cases in all')

tryAll(t, pure)
