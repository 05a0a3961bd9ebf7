// A stand-in for node that says what it was given, and shell texts run with it, bare and munged.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { takeInheritance } from '../lib/boot/restore.js'
import { quoteNodeOption } from '../lib/syntax/node-options.js'
import { decodeCarrier, encodeCarrier } from '../lib/wrap/carrier.js'
import type { FileSystem } from '../lib/wrap/find-program.js'
import { mungeShell } from '../lib/wrap/mungers/shell.js'
import type { Plan } from '../lib/wrap/plan.js'

const noFiles: FileSystem = { isProgram: () => false, readStart: () => '', readText: () => '' }

/** Begins and ends what the stand-in says of itself; programs do not print these. */
const marks = { begin: '\u0001', next: '\u0002', end: '\u0003' }
const record = new RegExp(
  `${marks.begin}([^${marks.next}]*)${marks.next}([^${marks.next}]*)${marks.next}([^${marks.end}]*)${marks.end}`,
  'g',
)

/** One record within another. */
const tangled = new RegExp(`${marks.begin}[^${marks.end}]*${marks.begin}`)

/** A shell with what makes it behave like that. */
export type Shell = readonly [file: string, ...args: string[]]

/** Of the shells that are known, those that are here; a machine of ours has dash and bash. */
export const findShells = (): Shell[] =>
  ([['dash'], ['bash'], ['bash', '--posix'], ['zsh'], ['ksh93'], ['mksh'], ['busybox', 'ash']] satisfies [string, ...string[]][]).filter(
    ([file]) => spawnSync(file, ['-c', ':']).error === undefined,
  )

/** Why bash here cannot say whether a text is well formed: macOS has one of 2007, which knows less. */
export function reasonAgainstBash(): string | false {
  const { error, stdout } = spawnSync('bash', ['-c', 'echo "${BASH_VERSINFO[0]}"'], { encoding: 'utf8' })
  if (error !== undefined) return 'there is no bash here'
  return Number(stdout) < 4 && `bash ${stdout.trim()} knows less of the grammar`
}

/** What a parent observes of a shell. */
export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The same text, run bare and munged. */
interface Comparison {
  readonly munged: string
  /** With what each node saw; of the munged text, with what it would have seen after its preload. */
  readonly outcomes: { readonly bare: Outcome; readonly wrapped: Outcome }
  /** How many nodes started without the preload or without the carrier. */
  readonly missed: number
  /** Was a node given what another said of itself, which is the raw variables? Then they cannot be compared. */
  readonly isTangled: boolean
}

/** A program that stands in for node. */
export class StandIn {
  /** Its absolute path. */
  readonly path: string
  readonly #bin: string
  readonly #preload: string
  readonly #plan: Plan

  constructor(scratch: string) {
    this.#bin = join(scratch, 'bin')
    mkdirSync(this.#bin, { recursive: true })
    this.path = join(this.#bin, 'node')
    writeFileSync(
      this.path,
      `#!/bin/sh\nprintf '\\001%s\\002%s\\002%s\\003\\n' "\${NODE_OPTIONS+=$NODE_OPTIONS}" "\${BROOD_CONTEXT+=$BROOD_CONTEXT}" "$*"\n`,
      { mode: 0o755 },
    )
    this.#preload = join(scratch, `.node-spawn-wrap-store odd 'dir' "x" $(y) \`z\` \\ ü`, 'preload.cjs')
    this.#plan = {
      windows: false,
      shims: ['/shims'],
      nodeName: 'node',
      nodeOptions: `--require ${quoteNodeOption(this.#preload)}`,
      nodeFlags: [],
      carrier: { contexts: ['/shims'], inherited: 0 },
    }
  }

  /**
   * Runs a text as it is, and munged with what brood puts into the environment.
   *
   * @param own the user's NODE_OPTIONS
   */
  compare(shell: Shell, text: string, own: string | undefined): Comparison {
    const { nodeOptions, carrier } = this.#plan
    const env = { PATH: `${this.#bin}:${process.env.PATH}`, HOME: '/', ...(own !== undefined && { NODE_OPTIONS: own }) }
    const ours = {
      NODE_OPTIONS: own === undefined ? nodeOptions : `${nodeOptions} ${own}`,
      BROOD_CONTEXT: encodeCarrier({ ...carrier, nodeOptions }),
    }
    const munged = this.#munge(shell, text, own)
    const bare = this.#run(shell, text, env)
    const wrapped = this.#run(shell, munged, { ...env, ...ours })
    const { output, missed } = this.#afterPreload(wrapped.stdout)
    const seen = bare.stdout.replace(record, (_, options: string, __: string, args: string) => `<${options}|${args}>`)
    const isTangled = tangled.test(bare.stdout) || tangled.test(wrapped.stdout)
    return { munged, outcomes: { bare: { ...bare, stdout: seen }, wrapped: { ...wrapped, stdout: output } }, missed, isTangled }
  }

  #munge([file]: Shell, text: string, own: string | undefined): string {
    const name = file === 'busybox' ? 'ash' : file
    const env = own === undefined ? [] : [`NODE_OPTIONS=${own}`]
    const request = { file: name, args: [name, '-c', text], env, cwd: undefined, uid: undefined, gid: undefined }
    return mungeShell({ ...request, untouched: false, flagged: false }, this.#plan, noFiles).args[2] as string
  }

  #run([file, ...args]: Shell, text: string, env: Record<string, string>): Outcome {
    const { status, stdout, stderr } = spawnSync(file, [...args, '-c', text, 'name', this.path, 'x'], { env, encoding: 'utf8' })
    return { status, stdout, stderr }
  }

  #afterPreload(stdout: string): { output: string; missed: number } {
    let missed = 0
    const output = stdout.replace(record, (_, options: string, context: string, args: string) => {
      const env: Record<string, string | undefined> = {}
      if (options !== '') env.NODE_OPTIONS = options.slice(1)
      if (context !== '') env.BROOD_CONTEXT = context.slice(1)
      if (env.NODE_OPTIONS?.includes(this.#plan.nodeOptions) !== true || decodeCarrier(env.BROOD_CONTEXT) === undefined) missed++
      takeInheritance(env, [], this.#preload)
      return `<${env.NODE_OPTIONS === undefined ? '' : `=${env.NODE_OPTIONS}`}|${args}>`
    })
    return { output, missed }
  }
}
