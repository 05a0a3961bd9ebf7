/**
 * Options of `node` whose value may be the next argument, in every supported version.
 * An option that is not listed takes no value, or only one behind `=`.
 */
const optionsWithValue = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--title',
  '--input-type',
  '--experimental-default-type',
  '--env-file',
  '--env-file-if-exists',
  '--icu-data-dir',
  '--openssl-config',
  '--redirect-warnings',
  '--trace-event-categories',
  '--trace-event-file-pattern',
  '--trace-require-module',
  '--disable-warning',
  '--diagnostic-dir',
  '--report-dir',
  '--report-directory',
  '--report-filename',
  '--report-signal',
  '--heapsnapshot-signal',
  '--heapsnapshot-near-heap-limit',
  '--cpu-prof-dir',
  '--cpu-prof-name',
  '--cpu-prof-interval',
  '--heap-prof-dir',
  '--heap-prof-name',
  '--heap-prof-interval',
  '--secure-heap',
  '--secure-heap-min',
  '--max-http-header-size',
  '--network-family-autoselection-attempt-timeout',
  '--unhandled-rejections',
  '--dns-result-order',
  '--tls-cipher-list',
  '--tls-keylog',
  '--tls-min-v1.0',
  '--experimental-sea-config',
  '--build-snapshot-config',
  '--snapshot-blob',
  '--localstorage-file',
  '--watch-path',
  '--watch-kill-signal',
  '--test-name-pattern',
  '--test-skip-pattern',
  '--test-reporter',
  '--test-reporter-destination',
  '--test-concurrency',
  '--test-timeout',
  '--test-shard',
  '--test-isolation',
  '--test-global-setup',
  '--test-coverage-include',
  '--test-coverage-exclude',
  '--test-coverage-branches',
  '--test-coverage-functions',
  '--test-coverage-lines',
  '--experimental-policy',
  '--policy-integrity',
  '--allow-fs-read',
  '--allow-fs-write',
  '--inspect-port',
  '--debug-port',
  '--inspect-publish-uid',
  '--stack-trace-limit',
  '--v8-pool-size',
  '--run',
  '-e',
  '--eval',
])

/** Does this option need a value? */
export function takesValue(name: string): boolean {
  return optionsWithValue.has(name.replaceAll('_', '-'))
}

/** One option of a node command line, with its value where it has one. */
export interface NodeOption {
  /** The name as it was written, with its dashes: `-r`, `--require`. */
  readonly name: string
  readonly value: string | undefined
  /** The arguments it was written as: one, or two where the value stood apart. */
  readonly source: readonly string[]
}

/** The arguments behind `node`, split where Node stops reading options. */
export interface NodeArgv {
  readonly options: readonly NodeOption[]
  /** From the main script (or `-`, or `--`) on. */
  readonly rest: readonly string[]
}

/** Splits arguments for `node` into its own options and what follows them. */
export function parseNodeArgv(args: readonly string[]): NodeArgv {
  const options: NodeOption[] = []
  let index = 0
  while (index < args.length) {
    const argument = args[index] as string
    if (!argument.startsWith('-') || argument === '-' || argument === '--') break
    const equals = argument.startsWith('--') ? argument.indexOf('=') : -1
    const name = equals < 0 ? argument : argument.slice(0, equals)
    const apart = equals < 0 && takesValue(name) && index + 1 < args.length
    const source = args.slice(index, index + (apart ? 2 : 1))
    options.push({ name, value: apart ? source[1] : equals < 0 ? undefined : argument.slice(equals + 1), source })
    index += source.length
  }
  return { options, rest: args.slice(index) }
}
