// An error about a value that cannot be sent says which part of it that is.
import { findUncloneable } from '../../lib/process/uncloneable.js'
import t from '../tap.js'
import { clones } from './clones.js'

function callback() {}
const circle: Record<string, unknown> = { b: { c: callback } }
circle.self = circle

const cases: readonly (readonly [name: string, value: unknown, path: string, what: string])[] = [
  ['the value itself', callback, '', 'a function (callback)'],
  ['a function without a name', () => {}, '', 'a function'],
  ['a symbol', [Symbol('x')], '[0]', 'a symbol (Symbol(x))'],
  ['a property', { options: { callback } }, '.options.callback', 'a function (callback)'],
  ['an odd name', { 'a b': [1, { callback }] }, '["a b"][1].callback', 'a function (callback)'],
  ['in a Map', new Map([['k', new Map([[1, callback]])]]), ".get('k').get(1)", 'a function (callback)'],
  ['a key of a Map', new Map([[callback, 1]]), '.keys([Function: callback])', 'a function (callback)'],
  ['in a Set', new Set([1, callback]), '.values()[1]', 'a function (callback)'],
  ['a circle', circle, '.b.c', 'a function (callback)'],
  ['a WeakMap', { a: new WeakMap() }, '.a', 'a WeakMap'],
  ['a promise', [[Promise.resolve()]], '[0][0]', 'a Promise'],
  ['the nearest of two', { deep: { deeper: { callback } }, near: Symbol('n') }, '.near', 'a symbol (Symbol(n))'],
]
for (const [name, value, path, what] of cases) t.same(findUncloneable(value, clones), { path, what }, name)

t.equal(findUncloneable({ a: 1 }, clones), undefined, 'nothing is wrong')
t.same(
  findUncloneable(
    {
      get a() {
        throw new Error('no')
      },
    },
    clones,
  ),
  { path: '.a', what: 'a getter that throws' },
  'a getter that throws',
)
