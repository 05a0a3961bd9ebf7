// Bad serialization: what cannot be sent is an error that says which part it is, and what can be sent arrives whole. (procspawn)
//   node examples/process/bad-serialization.mjs
import { isChild, spawn, task } from 'brood/process'

const echo = task('echo', (value) => value)
const makeClosure = task('makeClosure', (n) => ({ n, next: { add: (m) => n + m } }))

if (!isChild) {
  const job = { name: 'backup', hooks: [{ on: 'end', call: () => console.log('done') }] }
  console.log('an argument:', await failureOf(() => spawn(echo, job)))
  console.log('a result:', await failureOf(() => spawn(makeClosure, 1)))
  // A function is no task by itself: the error says where it stands, and what it would lose.
  const factor = 3
  console.log('a function:', await failureOf(() => spawn((n) => n * factor, 14)))

  const circle = { name: 'circle', points: new Map([['centre', [0n, -0, Number.NaN]]]), bytes: new Uint8Array([1, 2, 3]) }
  circle.self = circle
  console.log('\nwhat structured clone takes:', await spawn(echo, circle))
}

async function failureOf(begin) {
  try {
    return await begin()
  } catch ({ code, message }) {
    return `${code}\n  ${message.replace(/file:.*\//, '')}`
  }
}
