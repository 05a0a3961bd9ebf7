import t from 'tap'
import { PlainPrograms } from '../../lib/wrap/plain-programs.js'

const make = { file: 'make', path: 'PATH=/bin', cwd: undefined }

t.test('a search is remembered for its name, its PATH and its directory', (t) => {
  const plain = new PlainPrograms()
  t.equal(plain.has(make), false)
  plain.add(make)
  t.equal(plain.has({ ...make }), true)
  t.equal(plain.has({ ...make, file: 'tsc' }), false)
  t.equal(plain.has({ ...make, path: 'PATH=/usr/bin' }), false)
  t.equal(plain.has({ ...make, path: undefined }), false)
  t.equal(plain.has({ ...make, cwd: '/app' }), false)
  t.end()
})

t.test('another PATH or directory forgets those of the one before', (t) => {
  for (const other of [{ path: 'PATH=/usr/bin' }, { path: undefined }, { cwd: '/app' }]) {
    const plain = new PlainPrograms()
    plain.add(make)
    plain.add({ ...make, ...other, file: 'true' })
    t.equal(plain.has({ ...make, ...other, file: 'true' }), true)
    t.equal(plain.has({ ...make, ...other }), false, JSON.stringify(other))
    t.equal(plain.has(make), false)
  }
  t.end()
})

t.test('a program that starts ever new names is not remembered for ever', (t) => {
  const plain = new PlainPrograms()
  for (let number = 0; number < 5000; number++) plain.add({ ...make, file: `${number}` })
  t.equal(plain.has({ ...make, file: '4999' }), true)
  t.equal(plain.has({ ...make, file: '0' }), false)
  t.end()
})
