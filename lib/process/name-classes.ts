/** The build gives a class that mentions itself another name, and people are shown it. */
export function nameClasses(classes: Readonly<Record<string, object>>): void {
  for (const [name, made] of Object.entries(classes)) Object.defineProperty(made, 'name', { value: name, configurable: true })
}
