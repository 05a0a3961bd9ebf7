/** A function that V8 puts in the place of its call, where it can. */
export const step = (value) => value

export const version = () => 1
