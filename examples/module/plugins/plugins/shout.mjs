// Well-behaved: what it opens it closes in beforeUnload.
import { closeSync, openSync, writeSync } from 'node:fs'
import { devNull } from 'node:os'
import { defineModule, imports } from 'brood/module'

const log = openSync(devNull, 'a')

export default defineModule({
  exports: {
    async transform(text) {
      writeSync(log, `${text}\n`)
      // A function of the host.
      const mark = await imports.punctuation()
      return text.toUpperCase() + mark
    },
  },
  beforeUnload: () => closeSync(log),
})
