import type { Property } from '../property.js'
import * as environment from './environment.js'
import * as nodeArgv from './node-argv.js'
import * as nodeOptions from './node-options.js'
import * as prefixCommand from './prefix-command.js'
import * as replacing from './replacing.js'
import * as requests from './requests.js'
import * as shebang from './shebang.js'
import * as shellMunging from './shell-munging.js'
import * as shellSyntax from './shell-syntax.js'
import * as shims from './shims.js'

/** Those that need nothing but the functions they are about. */
export const pure: readonly Property[] = [
  nodeOptions,
  nodeArgv,
  shebang,
  prefixCommand,
  shellSyntax,
  shellMunging,
  environment,
  replacing,
  requests,
].flatMap((module) => module.pure)

/** Those that ask the real thing: shells, the kernel, `env`, Node. */
export const real: readonly Property[] = [nodeOptions, shebang, prefixCommand, shellSyntax, shellMunging, replacing, shims].flatMap(
  (module) => module.real,
)
