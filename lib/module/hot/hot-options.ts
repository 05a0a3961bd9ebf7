import { checkOptions, readBoolean } from '../../argument.js'
import { BroodError } from '../../errors.js'
import { readChoice, readTexts } from '../argument.js'

/** How a module is hot. */
export interface HotOptions {
  /**
   * `static`: the module is Node's own, and nothing is watched. `dynamic`: it is loaded anew when it changes. `auto`: what the variable BROOD_HOT
   * says, else static where NODE_ENV is `production`, else dynamic. @default 'auto'
   */
  readonly mode?: 'auto' | 'static' | 'dynamic'
  /** Is it loaded anew at the first call after a change? Otherwise by {@link HotHandle.reload} alone. @default true */
  readonly auto?: boolean
  /** The exports without which a version does not go live. @default [] */
  readonly required?: readonly string[]
  /**
   * `swap`: a new version is evaluated beside the old one, which is disposed when the new one is up. `dispose-first`: the old one is disposed
   * first, for what there can be only one of, such as a port; if the new one then fails, the old one is evaluated again. @default 'swap'
   */
  readonly handover?: 'swap' | 'dispose-first'
  /** Local files and directories that Node loads, once, shared with the rest of the program: paths relative to the caller. @default [] */
  readonly native?: readonly string[]
}

/** {@link HotOptions} in which everything is said. */
export interface HotPlan {
  readonly mode: 'static' | 'dynamic'
  readonly auto: boolean
  readonly required: readonly string[]
  readonly handover: 'swap' | 'dispose-first'
  readonly native: readonly string[]
}

type Variables = Readonly<Record<string, string | undefined>>

/** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` */
export function planHot(options: HotOptions, env: Variables): HotPlan {
  checkOptions(options, ['mode', 'auto', 'required', 'handover', 'native'])
  const { mode: asked = 'auto', required = [], handover = 'swap', native = [] } = options
  const mode = readChoice('mode', asked, ['auto', 'static', 'dynamic'])
  return {
    mode: mode === 'auto' ? automaticMode(env) : mode,
    auto: readBoolean('auto', options.auto) ?? true,
    required: readTexts('required', required),
    handover: readChoice('handover', handover, ['swap', 'dispose-first']),
    native: readTexts('native', native),
  }
}

function automaticMode({ BROOD_HOT: wanted, NODE_ENV: environment }: Variables): 'static' | 'dynamic' {
  if (wanted !== undefined && wanted !== '') {
    if (wanted === 'static' || wanted === 'dynamic') return wanted
    const text = `The variable BROOD_HOT is "${wanted}": set it to static or dynamic, or unset it.`
    throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', text, { argument: 'BROOD_HOT' })
  }
  return environment === 'production' ? 'static' : 'dynamic'
}
