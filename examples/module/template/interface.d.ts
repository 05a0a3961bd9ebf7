// What a host and its modules expect of each other. Both sides have a copy of this file, and are stamped with it: a module that was written for
// another version of it is refused.

/** The functions of a module. */
export interface Exports {
  greet(name: string): Promise<string>
  countGreetings(): number
}

/** The functions of the host that a module may call. */
export interface Imports {
  salutation(): string
}

/** The main function of a module. */
export type Main = (greeting: string) => void
