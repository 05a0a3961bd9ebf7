import { BroodError, type BroodErrorCode, type BroodErrorDetails } from './errors.js'

/** Is it an error of one code, whichever copy of brood has made it? */
export function hasCode(value: unknown, code: BroodErrorCode): boolean {
  return value instanceof Error && (value as { code?: unknown }).code === code
}

/** A class of errors that have one code. What they have beside it is given as details. */
export type ErrorClass<E extends BroodError> = new (message: string, details?: BroodErrorDetails) => E

/** Makes the class of one code. @param isOne where the code alone does not say that an error is of the class */
export function classOf<E extends BroodError>(name: string, code: E['code'], isOne = hasCode): ErrorClass<E> {
  const made = {
    [name]: class extends BroodError {
      constructor(message: string, details?: BroodErrorDetails) {
        super(code, message, details)
      }

      static override [Symbol.hasInstance](value: unknown): boolean {
        return isOne(value, code)
      }
    },
  }[name] as unknown as ErrorClass<E>
  setName(made, name)
  return made
}

/** The build may change the names of classes, and they are shown. */
export function setName(constructor: { readonly name: string; readonly prototype: BroodError }, name: string): void {
  if (constructor.name !== name) Object.defineProperty(constructor, 'name', { value: name, configurable: true })
  Object.defineProperty(constructor.prototype, 'name', { value: name, configurable: true, writable: true })
}
