// What is called, under brood.
import { task } from 'brood/process'

export const add = task('add', (a, b) => a + b)
export const echo = task('echo', (value) => value)
