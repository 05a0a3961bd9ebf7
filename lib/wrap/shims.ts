import { readFileSync } from 'node:fs'
import { formatNodeOptions, quoteNodeOption } from '../syntax/node-options.js'
import { encodeCarrier } from './carrier.js'
import { nodeOptionsFor, programName } from './plan.js'
import { directoryPrefix, type Snapshot } from './snapshot.js'

/** One file of a shim directory. */
export interface Shim {
  readonly name: string
  readonly text: string
}

export type ReadTemplate = (name: string) => string

const templates = new Map<string, string>()

/** Reads a template of the package, once. */
export function readTemplate(name: string): string {
  let text = templates.get(name)
  if (text === undefined) {
    text = readFileSync(new URL(`../shim-templates/${name}`, import.meta.url), 'utf8')
    templates.set(name, text)
  }
  return text
}

/** What shims are made of. */
export type ShimSource = Pick<Snapshot, 'chain' | 'directory' | 'node' | 'nodeFlags' | 'nodeOptions' | 'npm' | 'preload'>

/**
 * Fills the templates for one context: `node`, the root's own name for it where that differs, and `npm` where there is one.
 *
 * @param ancestors the contexts that are active where this one is made, oldest first
 * @param foreground the program behind the `.cmd` shims: absolute path
 */
export function fillShims(
  snapshot: ShimSource,
  ancestors: readonly Pick<Snapshot, 'nodeFlags' | 'nodeOptions'>[],
  foreground: string,
  read: ReadTemplate,
  windows: boolean,
): Shim[] {
  const contexts = [...ancestors, snapshot]
  const flags = contexts.flatMap((context) => context.nodeFlags)
  const nodeNames = [...new Set(['node', programName(snapshot.node, windows)])]
  const npmNames = snapshot.npm === undefined ? [] : ['npm']

  if (windows) {
    return [...nodeNames, ...npmNames].map((name) => ({
      name: `${name}.cmd`,
      text: fill(read('node.cmd'), {
        NAME: quoteForCmd(name),
        NODE: quoteForCmd(snapshot.node),
        FOREGROUND: quoteForCmd(foreground),
        NODE_FLAGS: name === 'npm' ? '' : flags.map((flag) => `"${quoteForCmd(flag)}" `).join(''),
      }),
    }))
  }

  const values = {
    DIRECTORY: quoteForShell(snapshot.directory),
    PREFIX: quoteForShell(directoryPrefix),
    PRELOAD: quoteForShell(snapshot.preload),
    PRELOAD_OPTION: quoteForShell(`--require ${quoteNodeOption(snapshot.preload)}`),
    NODE_OPTIONS: quoteForShell(formatNodeOptions(nodeOptionsFor(contexts, snapshot.preload))),
    NODE_FLAGS: flags.map((flag) => `${quoteForShell(flag)} `).join(''),
    CONTEXT: quoteForShell(encodeCarrier({ contexts: snapshot.chain, inherited: 0 })),
  }
  const shims = nodeNames.map((name) => ({
    name,
    text: fill(read('node.sh'), { ...values, NAME: quoteForShell(name), FALLBACK: quoteForShell(snapshot.node) }),
  }))
  const npm = npmNames.map((name) => ({
    name,
    text: fill(read('npm.sh'), { ...values, FALLBACK: quoteForShell(snapshot.npm as string) }),
  }))
  return [...shims, ...npm]
}

/** Plain substitution: each `@NAME@` becomes its value, and no value is looked at again. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/@([A-Z_]+)@/g, (placeholder, name: string) => values[name] ?? placeholder)
}

/** One word of shell text that means exactly `text`. */
export function quoteForShell(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** Text between the double quotes of a batch file. A path of Windows holds no `"`; `%` would start a variable. */
function quoteForCmd(text: string): string {
  return text.replaceAll('"', '""').replaceAll('%', '%%')
}
