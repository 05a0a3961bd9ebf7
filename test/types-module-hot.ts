// Compiled by `npm run check:types`, never run: a hot module has the type of the module itself.
import { type HotContext, HotExportError, type HotHandle, HotReloadError, hot, hotHandle, type ReloadOutcome } from 'brood/module'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const expect = <_T extends true>(): void => {}

interface Sheep {
  count(n: number): string
  <T>(value: T): T
  readonly name: 'sheep'
}
const load = (): Promise<Sheep> => Promise.reject(new Error('never'))

const sheep = await hot(import.meta.url, './sheep.js', load)
expect<Equal<typeof sheep, Sheep>>()
const counted = sheep.count(3)
expect<Equal<typeof counted, string>>()
const kept = sheep('text' as const)
expect<Equal<typeof kept, 'text'>>()
// @ts-expect-error -- as the module itself
sheep.count('3')
// @ts-expect-error -- as the module itself
void sheep.gone

// What `require` gives is there at once.
const required = await hot(new URL(import.meta.url), './sheep.cjs', () => ({ a: 1 }))
expect<Equal<typeof required, { a: number }>>()

await hot(import.meta.url, './sheep.js', load, {
  mode: 'auto',
  auto: false,
  required: ['count'],
  handover: 'dispose-first',
  native: ['./db.js'],
})
// @ts-expect-error -- no such mode
await hot(import.meta.url, './sheep.js', load, { mode: 'hot' })
// @ts-expect-error -- no such option
await hot(import.meta.url, './sheep.js', load, { watch: true })

const handle = hotHandle(sheep)
expect<Equal<typeof handle, HotHandle | undefined>>()
if (handle !== undefined) {
  const outcome = handle.reload()
  expect<Equal<typeof outcome, ReloadOutcome>>()
  if (outcome.status === 'kept-old') expect<Equal<typeof outcome.error.line, number | undefined>>()
  if (outcome.status === 'reloaded') expect<Equal<typeof outcome.files, readonly string[]>>()
  // @ts-expect-error -- only of what was loaded anew
  void outcome.files
  handle
    .on('reload', ({ version }) => expect<Equal<typeof version, number>>())
    .on('error', ({ file }) => expect<Equal<typeof file, string>>())
  // @ts-expect-error -- no such event
  handle.on('change', () => {})
}

export const inside = (context: HotContext): void => {
  context.data.n = 1
  context.dispose((data) => expect<Equal<(typeof data)[string], unknown>>())
  context.accept()
  context.accept((exports) => void exports.count)
  context.invalidate()
}

export function describe(error: unknown): string {
  if (error instanceof HotExportError) {
    expect<Equal<typeof error.code, 'ERR_BROOD_HOT_EXPORT'>>()
    return error.exportName
  }
  if (!(error instanceof HotReloadError)) return ''
  expect<Equal<typeof error.code, 'ERR_BROOD_HOT_RELOAD'>>()
  return `${error.file}:${error.line ?? 0}`
}
export const nameOf = (error: HotExportError): string => error.exportName
