import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { enableDebug } from '../diagnostics.js'
import { readTrace } from '../trace/read.js'
import { showable } from '../trace/secrets.js'
import { buildTree } from '../trace/tree.js'
import type { Context } from '../wrap/context.js'
import { createContext } from '../wrap/create-context.js'
import { readSnapshot } from '../wrap/snapshot.js'
import type { Command } from './command.js'
import { contextOptions, readContextOptions } from './context-options.js'
import { checkUp, platform } from './doctor/check-up.js'
import { findLosses } from './doctor/losses.js'
import { NodePrograms } from './doctor/node-program.js'
import { renderReport } from './doctor/render.js'
import type { Check, CommandReport, DoctorReport } from './doctor/report.js'
import { canWatch, ProcessWatch, type Sighting } from './doctor/watch.js'
import { type Ended, launch, refuse } from './launch.js'
import { type CommandLine, lastValue } from './options.js'
import { readPackage } from './package.js'
import { wantsColor } from './terminal.js'
import { makeTraceDirectory } from './trace-directory.js'
import { writeReport } from './write-report.js'

export const doctor: Command = {
  summary: 'say whether wrapping works here, and where a command loses it',
  usage: 'doctor [options] [--] [command args]',
  options: {
    json: { value: 'FILE', help: 'write the findings as data (- is standard output)' },
    ...contextOptions,
  },
  examples: [
    ['brood doctor', 'look at all that wrapping needs here, and try it: 0 where it works, else 1'],
    [
      'brood doctor -- npm test',
      'run it, and say which Node processes were not wrapped, and why: 1 where it ends with 0 and there are some',
    ],
  ],
  run(line) {
    const [program] = line.command
    const options = readContextOptions(line)
    const refused = program === undefined ? undefined : refuse(program, options.replace)
    if (refused !== undefined) return refused
    if (line.options.has('debug')) enableDebug()
    // A command is itself the best trial.
    const checks = checkUp(options.shimRoot, program === undefined)
    const works = checks.every(({ status }) => status !== 'failure')
    if (program === undefined || !works) {
      say(makeReport(checks, undefined), line, process.stdout)
      if (program !== undefined) process.stderr.write(`brood: ${program} was not run: wrapping does not work here.\n`)
      return works ? 0 : 1
    }

    const trace = makeTraceDirectory()
    try {
      const context = createContext({ ...options, trace: trace.directory })
      const watch = canWatch() ? new ProcessWatch(basename(context.directory)) : undefined
      return launch(
        line.command,
        context,
        (ended) => {
          const report = examine(line.command, { ended, sightings: watch?.stop(), directory: trace.directory, context })
          trace.remove()
          say(makeReport(checks, report), line, process.stderr)
          // A command that fails says so itself.
          return report.losses.length > 0 && ended.code === 0 ? 1 : undefined
        },
        options.replace,
      )
    } catch (error) {
      trace.remove()
      throw error
    }
  },
}

function makeReport(checks: readonly Check[], command: CommandReport | undefined): DoctorReport {
  const works = checks.every(({ status }) => status !== 'failure')
  return { format: 'brood-doctor', version: 1, brood: readPackage().version, platform, works, checks, command }
}

/** As data where that was asked for, and to people where standard output is not taken by that. */
function say(report: DoctorReport, line: CommandLine, stream: NodeJS.WriteStream): void {
  const file = lastValue(line, 'json')
  if (file !== undefined) writeReport(file, `${JSON.stringify(report, undefined, 2)}\n`)
  if (file !== '-') stream.write(renderReport(report, { width: stream.columns ?? 100, color: wantsColor(stream) }))
}

interface Run {
  readonly ended: Ended
  /** `undefined` where processes cannot be watched. */
  readonly sightings: readonly Sighting[] | undefined
  /** Of the trace. */
  readonly directory: string
  readonly context: Context
}

/** What became of the command. It is asked before the context is disposed. */
function examine(command: readonly string[], { ended, sightings, directory, context }: Run): CommandReport {
  const { events, losses } = readTrace(directory)
  const starts = events.filter((event) => event.type === 'start')
  const found = findLosses({
    command,
    sightings: sightings ?? [],
    events,
    tree: buildTree(events, { losses, without: process.pid }),
    files: new NodePrograms(new Map(starts.map(({ execPath, node }) => [execPath, node]))),
    areFilesThere: areFilesThere(context),
    self: process.pid,
    watchdog: ended.watchdogPid,
  })
  return {
    command: showable(command),
    exitCode: ended.code ?? undefined,
    signal: ended.signal ?? undefined,
    watched: sightings !== undefined,
    ...found,
  }
}

/** Can processes still read what the context gives to them? */
function areFilesThere({ directory }: Context): boolean {
  const snapshot = readSnapshot(directory)
  return snapshot !== undefined && existsSync(snapshot.preload)
}
