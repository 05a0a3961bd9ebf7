// In one expression: a task is declared where it is called for, and takes by name what a closure would capture. (procspawn's spawn!)
//   node examples/process/macro.mjs
import { init, spawn, task } from 'brood/process'

const a = 42
const b = 23
const c = 1

const sum = task('sum', ({ a, b, c }) => {
  c += 1
  return a + b + c
})

// Several at once: the name of each function is the name of its task.
const { shout, reverse } = tasks({
  shout: (text) => `${text.toUpperCase()}!`,
  reverse: (text) => [...text].toReversed().join(''),
})

function tasks(functions) {
  return Object.fromEntries(Object.entries(functions).map(([name, call]) => [name, task(import.meta.url, name, call)]))
}

// In a child nothing below this line runs: `if (!isChild) { … }` without the braces.
init()

console.log('a + b + (c + 1) =', await spawn(sum, { a, b, c }))
console.log('c is still', c)
console.log(await spawn(reverse, await spawn(shout, 'procspawn')))
