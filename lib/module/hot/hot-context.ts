/** What a version of a module leaves to the next one. */
export type HotData = Record<string, unknown>

/** `import.meta.hot` in a module that is hot (`module.hot` in CommonJS). Where it is not, there is none. */
export interface HotContext {
  /** One object for all versions of the module. With `handover: 'swap'` the next version reads it before this one is disposed: keep it up to date. */
  readonly data: HotData
  /** Has a function called when another version has taken this one's place. */
  dispose(callback: (data: HotData) => void): void
  /**
   * Says that what imports this module need not be evaluated anew when it changes: its imports become those of the new version.
   *
   * @param callback is given the exports of the new version
   */
  accept(callback?: (exports: Readonly<Record<string, unknown>>) => void): void
  /** Has the module evaluated anew at the next call, and what imports it, though no file has changed. */
  invalidate(): void
}
