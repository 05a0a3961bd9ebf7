import { defineModule } from 'brood/module'
import { add, hold, spin } from './functions.mjs'

export default defineModule({ exports: { add, hold, spin } })
