import { classOf, type ErrorClass, hasCode, setName } from '../../error-class.js'
import { BroodError, type BroodErrorDetails } from '../../errors.js'

/** Where in a file something is wrong. */
export interface Place {
  /** The path of the file. */
  readonly file: string
  /** From 1 on; `undefined` where it is not known. */
  readonly line?: number | undefined
  /** From 1 on. */
  readonly column?: number | undefined
  /** The lines around it, with a mark, for a person to look at. */
  readonly frame?: string | undefined
}

/** A module could not be loaded, or not be loaded anew: then its old version goes on answering. `cause` is what was thrown. */
export class HotReloadError extends BroodError {
  declare readonly code: 'ERR_BROOD_HOT_RELOAD'
  /** The path of the file in which it went wrong. */
  declare readonly file: string
  /** From 1 on; `undefined` where it is not known. */
  declare readonly line: number | undefined
  /** From 1 on. */
  declare readonly column: number | undefined
  /** The lines around it, with a mark. */
  declare readonly frame: string | undefined

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasCode(value, 'ERR_BROOD_HOT_RELOAD')
  }

  constructor(message: string, place: Place, details: BroodErrorDetails = {}) {
    super('ERR_BROOD_HOT_RELOAD', message, { line: undefined, column: undefined, frame: undefined, ...place, ...details })
  }
}
setName(HotReloadError, 'HotReloadError')

/** A function is called that the module does not export any more, or an export that is required is not there. */
export interface HotExportError extends BroodError {
  readonly code: 'ERR_BROOD_HOT_EXPORT'
  /** The name of the export. */
  readonly exportName: string
}
export const HotExportError: ErrorClass<HotExportError> = classOf('HotExportError', 'ERR_BROOD_HOT_EXPORT')
