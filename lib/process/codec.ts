import { BroodError } from '../errors.js'
import { addHandleKind } from './handle-kinds.js'

/** How values of one kind are sent. */
export interface Codec<Value, Data> {
  /** Is this one of them? It is asked about each object of a message that JSON cannot say. */
  readonly test: (value: object) => boolean
  /** What is sent in its place: whatever can be sent. */
  readonly encode: (value: Value) => Data
  /** Makes of that what it stands for. */
  readonly decode: (data: Data) => Value
}

const names = new Set<string>()

/**
 * Has values of one kind sent in a way of their own, wherever they stand in arguments, results and messages: an object of a class arrives as one. From
 * procspawn, where a type may say by what it is serialized.
 *
 * Without one, its own enumerable properties arrive, in a plain object. A URL, URLSearchParams and Headers have none, and arrive as `{}`.
 *
 * Both processes must know it: register it where the module of the task is evaluated, or one that this imports.
 *
 * @param name no other codec has it
 * @returns takes it back
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`
 */
export function codec<Value extends object, Data>(name: string, codec: Codec<Value, Data>): () => void {
  if (typeof name !== 'string' || name === '') throw invalid('name', 'The name of a codec must be a text that is not empty.')
  if (names.has(name)) throw invalid('name', `There is a codec "${name}" already. Give one of them another name.`)
  if (typeof codec !== 'object' || codec === null)
    throw invalid('codec', `Codec "${name}" must be an object with \`test\`, \`encode\` and \`decode\`.`)
  const { test, encode, decode } = codec
  for (const [part, value] of Object.entries({ test, encode, decode })) {
    if (typeof value !== 'function') throw invalid(part, `\`${part}\` of codec "${name}" must be a function.`)
  }
  names.add(name)
  const handle = `codec "${name}"`
  const remove = addHandleKind({
    name: handle,
    isOne: test,
    write: (value) => ({ handle, data: encode(value as Value) }),
    read: (record) => decode((record as { readonly data: Data }).data),
    sent: () => undefined,
  })
  return () => {
    names.delete(name)
    remove()
  }
}

const invalid = (argument: string, message: string) => new BroodError('ERR_BROOD_INVALID_ARGUMENT', message, { argument })
