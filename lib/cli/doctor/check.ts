import type { Check } from './report.js'

export const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail, advice: undefined })

export const warning = (name: string, detail: string, advice: string | undefined): Check => ({ name, status: 'warning', detail, advice })

export const failure = (name: string, detail: string, advice: string | undefined): Check => ({ name, status: 'failure', detail, advice })
