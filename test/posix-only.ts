// Imported first, it ends a test file on Windows. What can be tried there is in `npm run test:windows`.
import { isWindows } from '../lib/platform.js'
import t from './tap.js'

if (isWindows) {
  t.plan(0, 'it starts shells, or programs and paths as POSIX systems have them')
  process.exit()
}
