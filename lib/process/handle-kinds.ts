// Values that mean something to brood and that are known elsewhere: the ends of channels, and what codecs are for.
import { NotCloneableError } from './errors.js'

/** One kind of them. */
export interface HandleKind {
  /** What stands in the `handle` field of its records. */
  readonly name: string
  isOne(value: object): boolean
  /** It changes nothing: it may be asked more than once. @throws Error where this one cannot be sent */
  write(value: object): { readonly handle: string }
  read(record: object): unknown
  /** The message is made, and will be sent. @returns is called where it has reached nobody */
  sent(value: object): (() => void) | undefined
}

const kinds: HandleKind[] = []

/** @returns takes it back */
export function addHandleKind(kind: HandleKind): () => void {
  kinds.push(kind)
  return () => {
    const index = kinds.indexOf(kind)
    if (index >= 0) kinds.splice(index, 1)
  }
}

export const findHandleKind = (value: object): HandleKind | undefined => kinds.find((kind) => kind.isOne(value))

/** @param loadOthers kinds are added by what is loaded late, and a message may hold one before that */
export function readHandleKind(name: string, record: object, loadOthers: () => unknown): unknown {
  const find = () => kinds.find((kind) => kind.name === name)
  if (find() === undefined) loadOthers()
  const kind = find()
  if (kind !== undefined) return kind.read(record)
  const text = `A value cannot be read here: no ${name} is known. Register it in a module that both processes load.`
  throw new NotCloneableError(text, { kind: name })
}
