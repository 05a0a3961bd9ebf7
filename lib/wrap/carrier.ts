/** The variable that tells a child process which contexts it is under. The preload takes it out of sight. */
export const carrierVariable = 'BROOD_CONTEXT'

/**
 * The variable that a shim sets for the preload: `path` where a PATH was there, `none` where brood had added one.
 * It says that a shell stood between, which drops what it cannot name.
 */
export const shimVariable = 'BROOD_SHIM'

/** What one process tells the next through {@link carrierVariable}. */
export interface Carrier {
  /** Directories of the contexts, oldest first. */
  readonly contexts: readonly string[]
  /** What was put in front of NODE_OPTIONS, so that it is recognised at a glance. */
  readonly nodeOptions?: string
  /** How many of them, from the oldest on, the spawning process was itself under: their environment is applied already. */
  readonly inherited: number
  /** `NAME=value` pairs that a shell on the way would drop, because the name is no identifier. */
  readonly fragile?: readonly string[]
  /** The node flags of the contexts stand on this process's own command line. */
  readonly flagged?: boolean
}

export function encodeCarrier(carrier: Carrier): string {
  return JSON.stringify(carrier)
}

/** @returns `undefined` for anything that {@link encodeCarrier} did not write */
export function decodeCarrier(text: string | undefined): Carrier | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isCarrier(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isCarrier(value: unknown): value is Carrier {
  const { contexts, inherited, nodeOptions = '', fragile = [] } = (value ?? {}) as Record<keyof Carrier, unknown>
  return areStrings(contexts) && typeof inherited === 'number' && typeof nodeOptions === 'string' && areStrings(fragile)
}

const areStrings = (value: unknown) => Array.isArray(value) && value.every((element) => typeof element === 'string')
