// The module. It runs in a thread of its own; `imports` are functions of the host.
import { defineModule, importsOf, stampOf } from 'brood/module'
import type { Exports, Imports, Main } from '../interface.js'

const imports = importsOf<Imports>()
let ending = '.'
let count = 0

export default defineModule<Exports, Main>({
  stamp: stampOf(new URL('../interface.d.ts', import.meta.url)),

  main(greeting) {
    ending = greeting
  },

  exports: {
    async greet(name) {
      if (name === '') throw new TypeError('nobody is there')
      count++
      return `${await imports.salutation()}, ${name}${ending}`
    },
    countGreetings: () => count,
  },

  // Called before the module is unloaded: close here what it has opened.
  beforeUnload() {},
})
