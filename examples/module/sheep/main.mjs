// Functions are edited while the program calls them, and the state that it passes to them goes on. The sheep are those of dymod's README.
//   node examples/module/sheep/main.mjs
import { setTimeout as wait } from 'node:timers/promises'
import { hot } from 'brood/module'

const sheep = await hot(import.meta.url, './sheep.mjs', () => import('./sheep.mjs'), { required: ['countSheep', 'jump'] })

const flock = { jumped: 0 }
for (let shown = ''; ; await wait(200)) {
  sheep.jump(flock)
  // As in dymod, what is asked for is the same each time: only an edit changes what is said of it.
  const said = `${sheep.countSheep(3)} sheep`
  if (said !== shown) console.log(`${said}, after ${flock.jumped} jumps`)
  shown = said
}
