import { enableDebug } from '../diagnostics.js'
import { createContext } from '../wrap/create-context.js'
import type { Command } from './command.js'
import { contextOptions, readContextOptions } from './context-options.js'
import { launch } from './launch.js'
import { UsageError } from './usage-error.js'

export const run: Command = {
  summary: 'run a command with your code in every Node process it starts',
  usage: 'run [options] [--] command [args]',
  options: contextOptions,
  examples: [
    ['brood run --require ./hello.cjs -- npm test', 'load hello.cjs in npm, in its tests, and in all they start'],
    ['brood run --main ./wrapper.cjs -- node server.js', 'let wrapper.cjs run first, and hand over with runMain()'],
  ],
  run(line) {
    if (line.command.length === 0) throw new UsageError('There is no command to run.')
    if (line.options.has('debug')) enableDebug()
    const options = readContextOptions(line)
    return launch(line.command, createContext(options), () => {}, options.replace)
  },
}
