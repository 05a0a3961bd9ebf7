/** The names of an object's properties, those of its class included. */
export function propertyNames(value: unknown): ReadonlySet<string> {
  const names = new Set<string>()
  const isBase = (object: object) => object === Object.prototype || object === Function.prototype || object === Array.prototype
  for (
    let object = Object(value) as object | null;
    object !== null && !isBase(object);
    object = Object.getPrototypeOf(object) as object | null
  ) {
    for (const name of Object.getOwnPropertyNames(object)) names.add(name)
  }
  for (const own of typeof value === 'function' ? ['name', 'length', 'prototype', 'arguments', 'caller'] : ['constructor'])
    names.delete(own)
  return names
}
