import { createRequire } from 'node:module'

// Loaded when they are needed: a wrapper main that only hands over must not pay for them.
const require = createRequire(import.meta.url)

export const loadChildProcess = (): typeof import('node:child_process') => require('node:child_process')
export const loadSignalExit = (): typeof import('signal-exit') => require('signal-exit')
export const loadWhich = (): typeof import('which') => require('which')
