import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { quoteForShell } from '../../lib/syntax/shell-quote.js'
import { fixture, type Observation, temporaryDirectory } from '../support.js'
import t from '../tap.js'

/** What a tree is started with. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/** What its caller observes of a tree. */
export type Outcome = Pick<Observation, 'stdout' | 'stderr' | 'code'>

/** One way to start Node: a real tree of processes, and what is to become of it. */
export interface Way extends Expectation {
  readonly name: string
  readonly start: Command | ((surroundings: Surroundings) => Outcome | Promise<Outcome>)
}

type Command = readonly [file: string, ...args: string[]]

interface Expectation {
  /** How many processes of Node there are, each of which is to be caught once. @default 1 */
  readonly processes?: number
  /** How many of them have a main script, in front of which the wrapper main runs. @default all of them */
  readonly mains?: number
  /** @default what trees/say.cjs says of its one child */
  readonly stdout?: string | RegExp
  /** @default nothing */
  readonly stderr?: string | RegExp
  /** @default 0 */
  readonly code?: number | null
  /** Variables besides PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** What it reads from stdin. */
  readonly input?: string
  /** It runs until it has written this, and is then told to end. */
  readonly until?: RegExp
  /** Programs without which there is no such way. */
  readonly needs?: readonly string[]
  /** Why this way cannot be tried here. */
  readonly skip?: string | undefined
}

export function way(name: string, start: Way['start'], expectation: Expectation = {}): Way {
  return { name, start, ...expectation }
}

/** The Node of the tree: another than the one that runs the tests, where test/nodes says so. */
export const node: string = process.env.BROOD_CHILD_NODE ?? process.execPath
/** Its version, as in `20.20.2`. */
const version: string = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim()

const [major = 0, minor = 0] = version.split('.').map(Number)

/** Why a way cannot be tried on this Node, if it cannot. */
export function since(firstMajor: number, firstMinor = 0): string | undefined {
  const isThere = major > firstMajor || (major === firstMajor && minor >= firstMinor)
  return isThere ? undefined : `Node ${version} does not know it`
}

/** A program that says its first argument, and starts itself with the others. */
export const say: string = fixture('trees/say.cjs')
export const path: string = `${dirname(node)}:${process.env.PATH}`
export const scratch: string = temporaryDirectory(t)

/** Words of shell text for the absolute path of that Node, and for the program. */
export const N: string = quoteForShell(node)
export const S: string = quoteForShell(say)

/** Is a program of this name on PATH? */
export function isThere(program: string): boolean {
  return path.split(':').some((directory) => existsSync(`${directory}/${program}`))
}

/** A text of JavaScript that finds here what it needs to start a process. */
export function script(body: string): string {
  const known = { node, say, inherit: { stdio: 'inherit' } }
  const constants = Object.entries(known).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`)
  return `const cp = require('node:child_process'); ${constants.join(' ')} ${body}`
}
