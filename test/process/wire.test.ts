// Types of frames: no two of one direction may have the same number.
import { message } from '../../lib/process/wire.js'
import t from '../tap.js'

const numbers: readonly number[] = Object.values(message)
t.equal(new Set(numbers).size, numbers.length)
t.ok(numbers.every((number) => Number.isInteger(number) && number > 0 && number < 256))
