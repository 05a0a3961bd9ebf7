// The lists of open calls: what is taken from anywhere is gone, and the rest stays in its order.
import * as fc from 'fast-check'
import { CallQueue } from '../../lib/process/call-queue.js'
import { Chain } from '../../lib/process/chain.js'
import { Numbered } from '../../lib/process/numbered.js'
import t from '../tap.js'

t.test('numbered, against a Map', (t) => {
  // Each number: to add, or to take the one that is so far behind the oldest.
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(20), { nil: undefined }), { maxLength: 400 }), (steps) => {
      const numbered = new Numbered<string>()
      const expected = new Map<number, string>()
      let last = 0
      for (const step of steps) {
        if (step === undefined) {
          last++
          expected.set(last, `item ${last}`)
          if (numbered.add(`item ${last}`) !== last) return false
        } else {
          const number = [...expected.keys()][step] ?? step
          if (numbered.get(number) !== expected.get(number) || numbered.take(number) !== expected.get(number)) return false
          expected.delete(number)
          if (numbered.get(number) !== undefined) return false
        }
      }
      return JSON.stringify(numbered.takeAll()) === JSON.stringify([...expected.values()]) && numbered.add('next') === last + 1
    }),
  )
  t.end()
})

t.test('many of them, one of which stays', (t) => {
  const numbered = new Numbered<number>()
  t.equal(numbered.add(0), 1)
  for (let number = 2; number < 5000; number++) {
    t.equal(numbered.add(number), number)
    t.equal(numbered.take(number), number)
  }
  t.equal(numbered.take(1), 0)
  for (let number = 5000; number < 10_000; number++) {
    t.equal(numbered.add(number), number)
    if (number % 3 === 0) t.equal(numbered.take(number - 3), number < 5003 ? undefined : number - 3)
  }
  t.equal(numbered.get(4999), undefined)
  t.equal(numbered.get(0), undefined)
  t.equal(numbered.get(-5), undefined)
  t.end()
})

class Item {
  before: Item | undefined
  after: Item | undefined
  isWaiting = false
  readonly id: number
  readonly priority: number

  constructor(id: number, priority = 0) {
    this.id = id
    this.priority = priority
  }
}

t.test('a chain, against an array', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('push', 'unshift', 'remove'), fc.nat(30)), { maxLength: 100 }), (steps) => {
      const chain = new Chain<Item>()
      const expected: Item[] = []
      for (const [step, number] of steps) {
        const item = new Item(number)
        if (step === 'push') {
          chain.push(item)
          expected.push(item)
        } else if (step === 'unshift') {
          chain.unshift(item)
          expected.unshift(item)
        } else {
          const [found] = expected.splice(number, 1)
          if (found === undefined) continue
          chain.remove(found)
          if (found.before !== undefined || found.after !== undefined) return false
        }
        if (chain.length !== expected.length || chain.first !== expected[0]) return false
      }
      const there = [...chain]
      return there.length === expected.length && there.every((item, index) => item === expected[index])
    }),
  )
  const chain = new Chain<Item>()
  for (let id = 0; id < 5; id++) chain.push(new Item(id))
  for (const item of chain) chain.remove(item)
  t.equal(chain.length, 0, 'each may be taken out while it is looked at')
  t.end()
})

t.test('a queue by priorities', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('push', 'unshift', 'shift', 'remove'), fc.integer({ min: -2, max: 2 })), { maxLength: 100 }),
      (steps) => {
        const queue = new CallQueue<Item>()
        let expected: Item[] = []
        for (const [index, [step, priority]] of steps.entries()) {
          const item = new Item(index, priority)
          if (step === 'push') {
            queue.push(item)
            expected.push(item)
          } else if (step === 'unshift') {
            queue.unshift(item)
            expected.unshift(item)
          } else {
            const best = expected.toSorted((a, b) => b.priority - a.priority)[0]
            const gone = step === 'shift' ? best : expected[priority + 2]
            if (step === 'shift') {
              if (queue.shift() !== best) return false
            } else if (gone !== undefined) {
              queue.remove(gone)
              queue.remove(gone)
            }
            expected = expected.filter((each) => each !== gone)
          }
          if (queue.length !== expected.length) return false
        }
        return true
      },
    ),
  )
  t.end()
})
