import { oldestChildMajor } from '../../platform.js'
import { parseNodeArgv } from '../../syntax/node-argv.js'
import { tokenizeNodeOptions } from '../../syntax/node-options.js'
import { recordsItself } from '../../trace/tree.js'
import { givesPermissions } from '../../wrap/mungers/node.js'
import { directoryPrefix } from '../../wrap/snapshot.js'
import type { Program, SeenVariables } from './processes.js'
import type { Loss } from './report.js'

/** What is known of a Node process that left no record. */
export interface Facts extends Pick<Program, 'argv' | 'variables' | 'isOtherUser' | 'isOtherRoot'> {
  /** The version of its node, as `20.19.0`; `undefined` where that is not known. */
  readonly version: string | undefined
  /** Does its file give it the rights of another user, or group? */
  readonly isSetuid: boolean
  /** Are brood's files still there? */
  readonly areFilesThere: boolean
  /** Did a wrapped process start it, as Node? */
  readonly isSeenSpawn: boolean
  /** Did other processes of this node leave a record? */
  readonly doesRecord: boolean
  /** Is there a program of this name in a directory? */
  readonly hasProgram: (directory: string, name: string) => boolean
}

export type Diagnosis = Pick<Loss, 'reason' | 'route'>

/**
 * Why did a Node process leave no record?
 *
 * @returns `undefined` where nothing was lost: no code of a program ran in it, or it ended before it could say anything
 */
export function diagnose(facts: Facts): Diagnosis | undefined {
  const { argv, variables, version } = facts
  const options = parseNodeArgv(argv.slice(1)).options.map(({ name }) => name)
  if (!recordsItself(argv) || options.some((name) => runsOthersOnly.has(name))) return undefined
  const because = (reason: Loss['reason']): Diagnosis => ({ reason, route: undefined })
  // Nobody else may look into it then.
  if (facts.isSetuid && variables === undefined) return because('setuid')
  if (facts.isOtherUser) return because('other-user')
  if (facts.isOtherRoot) return because('other-root')
  if (isUnderPermissions(argv, variables)) return because('permission-model')
  if (options.includes('--build-snapshot')) return because('build-snapshot')
  if (version !== undefined && Number.parseInt(version, 10) < oldestChildMajor) return because('node-too-old')
  if (variables === undefined) return because('unknown')
  if (carriesPreload(variables)) {
    if (facts.isSetuid) return because('setuid')
    // The preload has not found out what it is there for.
    if (variables.context === undefined && indexOfShims(variables) < 0) return because('environment-emptied')
    if (!facts.areFilesThere) return because('files-gone')
    return facts.doesRecord ? undefined : because('unknown')
  }
  if (facts.isSeenSpawn) return because('left-alone')
  return { reason: reasonOf(variables), route: routeOf(facts, variables) }
}

/** Nobody takes BROOD_CONTEXT out by its name: where it is gone, all is. */
function reasonOf({ context, nodeOptions }: SeenVariables): Loss['reason'] {
  if (context === undefined) return 'environment-emptied'
  return nodeOptions === undefined ? 'node-options-removed' : 'node-options-replaced'
}

/** A shim would have put it right, had it been run. */
function routeOf({ argv, hasProgram }: Facts, variables: SeenVariables): Loss['route'] {
  const [argv0 = ''] = argv
  if (argv0.includes('/')) return 'by-path'
  const at = indexOfShims(variables)
  if (at < 0) return 'shims-not-on-path'
  const isBefore = entriesOf(variables)
    .slice(0, at)
    .some((entry) => hasProgram(entry, argv0))
  // Else it was not found by the name that it says.
  return isBefore ? 'shims-not-first' : 'by-path'
}

function entriesOf({ path }: SeenVariables): string[] {
  return path?.split(':') ?? []
}

/** Which entry of PATH are the shims? @returns -1 where they are none */
function indexOfShims(variables: SeenVariables): number {
  return entriesOf(variables).findIndex(isInShims)
}

/** Does this environment have Node load brood? A context that is made on the way may have another preload, or another store. */
export function carriesPreload({ nodeOptions }: SeenVariables): boolean {
  return tokenizeNodeOptions(nodeOptions ?? '')?.some(({ value }) => inStore.test(value)) === true
}

/** Does a path lie in a directory of shims? */
export function isInShims(path: string): boolean {
  return path.includes(`/${directoryPrefix}`)
}

const inStore = new RegExp(`^/.*/\\${directoryPrefix}store[^/]*/[^/]+/preload[^/]*\\.cjs$`)

function isUnderPermissions(argv: readonly string[], variables: SeenVariables | undefined): boolean {
  const inherited = tokenizeNodeOptions(variables?.nodeOptions ?? '')?.map(({ value }) => value) ?? []
  return givesPermissions(argv.slice(1)) || givesPermissions(inherited)
}

/** `node --watch` and `node --run` start the program as a process of its own, and that is wrapped. */
const runsOthersOnly = new Set(['--run', '--watch', '--watch-path'])
