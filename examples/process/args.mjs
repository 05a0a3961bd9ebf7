// Arguments, environment and directory: a child has those of its parent, unless it is told otherwise. (procspawn)
//   node examples/process/args.mjs one two
import { isChild, spawn, spawnWith, task } from 'brood/process'

const look = task('look', () => ({
  args: process.argv.slice(2),
  cwd: process.cwd(),
  GREETING: process.env.GREETING,
  variables: Object.keys(process.env).length > 2 ? 'more than two' : Object.keys(process.env),
}))

if (!isChild) {
  process.env.GREETING ??= 'hello'
  console.log('as its parent:', await spawn(look))
  console.log('\nas it is told:', await spawnWith({ args: ['three', '--four'], env: { GREETING: 'good evening' }, cwd: '/' }, look))
  console.log('\nwith nothing:', await spawnWith({ args: [], envClear: true, env: { ONLY: 'this' } }, look))
}
