// Values that mean something to brood and that are known elsewhere: the ends of channels.

/** One kind of them. */
export interface HandleKind {
  /** What stands in the `handle` field of its records. */
  readonly name: string
  isOne(value: object): boolean
  /** It changes nothing: it may be asked more than once. @throws Error where this one cannot be sent */
  write(value: object): { readonly handle: string }
  read(record: object): unknown
  /** The message is made, and will be sent. */
  sent(value: object): void
}

const kinds: HandleKind[] = []

export function addHandleKind(kind: HandleKind): void {
  kinds.push(kind)
}

export const findHandleKind = (value: object): HandleKind | undefined => kinds.find((kind) => kind.isOne(value))

/** @param loadOthers kinds are added by what is loaded late, and a message may hold one before that */
export function readHandleKind(name: string, record: object, loadOthers: () => unknown): unknown {
  const find = () => kinds.find((kind) => kind.name === name)
  if (find() === undefined) loadOthers()
  return find()?.read(record)
}
