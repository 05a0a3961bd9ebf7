import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { enableDebug } from '../diagnostics.js'
import type { ProcessTree } from '../trace/process-tree.js'
import { readTrace } from '../trace/read.js'
import { renderChromeTrace } from '../trace/render-chrome-trace.js'
import { renderTerminal } from '../trace/render-terminal.js'
import { commandText } from '../trace/text.js'
import { buildTree } from '../trace/tree.js'
import { createContext } from '../wrap/create-context.js'
import type { Command } from './command.js'
import { contextOptions, readContextOptions } from './context-options.js'
import { launch } from './launch.js'
import { type CommandLine, lastValue } from './options.js'
import { showProgress } from './progress.js'
import { wantsColor } from './terminal.js'
import { makeTraceDirectory } from './trace-directory.js'
import { UsageError } from './usage-error.js'
import { writeReport } from './write-report.js'

/** A person reads no more of a tree. */
const mostLines = 200

export const tree: Command = {
  summary: 'show every process that a command starts, how long it took and how it ended',
  usage: 'tree [options] [--] command [args]',
  options: {
    html: { value: 'FILE', help: 'write a page with a timeline' },
    trace: { value: 'FILE', help: 'write a trace for Perfetto, speedscope and chrome://tracing' },
    json: { value: 'FILE', help: 'write the tree as data' },
    all: { help: `show every process, in a tree of more than ${mostLines} lines too` },
    quiet: { short: 'q', help: 'show no progress, and no tree where a file is written' },
    raw: { help: 'keep arguments that look like secrets' },
    'env-values': { help: 'record the values of variables, not only their names' },
    ...contextOptions,
  },
  examples: [
    ['brood tree -- npm test', 'what npm test really starts'],
    ['brood tree --html tree.html -- npm run build', 'the same as a page with a timeline'],
  ],
  run(line) {
    if (line.command.length === 0) throw new UsageError('There is no command to run.')
    if (line.options.has('debug')) enableDebug()
    const { directory, remove } = makeTraceDirectory()
    try {
      const raw = line.options.has('raw')
      const options = readContextOptions(line)
      const context = createContext({ ...options, trace: { directory, raw, envValues: line.options.has('env-values') } })
      const stopProgress = line.options.has('quiet') ? () => {} : showProgress(directory)
      const end = () => {
        stopProgress()
        report(directory, line)
        remove()
      }
      const code = launch(line.command, context, end, options.replace)
      if (code === undefined) return undefined
      stopProgress()
      remove()
      return code
    } catch (error) {
      remove()
      throw error
    }
  },
}

function report(directory: string, line: CommandLine): void {
  const { events, losses } = readTrace(directory)
  const processes = buildTree(events, { losses, without: process.pid })
  const title = commandText(line.command)
  const files: readonly (readonly [option: string, render: (tree: ProcessTree) => string])[] = [
    ['html', (data) => loadRenderHtml()(data, { title })],
    ['trace', renderChromeTrace],
    ['json', (data) => `${JSON.stringify(data, undefined, 2)}\n`],
  ]
  let written = 0
  for (const [option, render] of files) {
    const file = lastValue(line, option)
    if (file !== undefined && writeReport(file, render(processes))) written++
  }
  if (line.options.has('quiet') && written > 0) return
  const { stderr } = process
  const lines = line.options.has('all') ? Number.POSITIVE_INFINITY : mostLines
  stderr.write(renderTerminal(processes, { width: stderr.columns ?? 100, color: wantsColor(stderr), lines }))
}

/** The page lies in a file of its own: 50 kB that most runs do not need. */
function loadRenderHtml(): typeof import('../trace/render-html.js').renderHtml {
  const file = fileURLToPath(new URL('./render-html.cjs', import.meta.url))
  return (createRequire(file)(file) as typeof import('../trace/render-html.js')).renderHtml
}
