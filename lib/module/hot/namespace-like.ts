/** An object as the namespace of a module is one, apart from what is in it. */
export function namespaceLike(): object {
  const object = Object.defineProperty({}, Symbol.toStringTag, { value: 'Module' })
  // V8 looks properties of an object that is made with no prototype up in a table, each time.
  return Object.setPrototypeOf(object, null) as object
}
