import { fileURLToPath } from 'node:url'

/** The main module of every child. */
export const childEntry: string = fileURLToPath(new URL('./process-child.cjs', import.meta.url))
