import { tokenizeNodeOptions } from '../../syntax/node-options.js'

/** The options that Node was started with, those of NODE_OPTIONS first. */
export function userOptions(): readonly string[] {
  return [...(tokenizeNodeOptions(process.env.NODE_OPTIONS ?? '') ?? []).map(({ value }) => value), ...process.execArgv]
}
