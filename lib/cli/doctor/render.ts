import { fit } from '../../trace/render-terminal.js'
import { commandText, shortCommandText } from '../../trace/text.js'
import type { Check, CommandReport, DoctorReport, Loss } from './report.js'

interface Options {
  /** Columns. */
  readonly width: number
  readonly color: boolean
}

type Style = Check['status'] | 'faint' | 'strong'

const codes: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  ok: [32, 39],
  warning: [33, 39],
  failure: [31, 39],
  faint: [2, 22],
  strong: [1, 22],
}

type Paint = (style: Style, text: string) => string

const paintWith =
  (color: boolean): Paint =>
  (style, text) =>
    color && text !== '' ? `\x1b[${codes[style][0]}m${text}\x1b[${codes[style][1]}m` : text

const signs: Readonly<Record<Check['status'], string>> = { ok: '✓', warning: '!', failure: '✗' }

/** Says what was found: every check, or where a command was run only what is not in order, and what became of the command. */
export function renderReport({ checks, works, command }: DoctorReport, { width, color }: Options): string {
  const paint = paintWith(color)
  if (command === undefined) return `${[...checkLines(checks, paint), '', summary(checks, works, paint)].join('\n')}\n`
  const problems = checkLines(
    checks.filter(({ status }) => status !== 'ok'),
    paint,
  )
  return `${[...problems, ...commandLines(command, width, paint)].join('\n')}\n`
}

function checkLines(checks: readonly Check[], paint: Paint): string[] {
  const column = Math.max(0, ...checks.map(({ name }) => name.length)) + 2
  return checks.flatMap(({ name, status, detail, advice }, index) => {
    const title = checks[index - 1]?.name === name ? '' : name
    const line = `${paint(status, signs[status])} ${paint('strong', title)}${' '.repeat(column - title.length)}${detail}`
    return advice === undefined ? [line] : [line, `${' '.repeat(column + 2)}${paint('faint', `→ ${advice}`)}`]
  })
}

function summary(checks: readonly Check[], works: boolean, paint: Paint): string {
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length
  if (!works) return paint('failure', `Wrapping does not work here: ${counted(count('failure'), 'check')} failed.`)
  const warnings = count('warning')
  return paint('ok', 'Wrapping works here.') + (warnings === 0 ? '' : ` ${counted(warnings, 'warning')}.`)
}

const counted = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

function commandLines({ command, wrapped, losses, watched }: CommandReport, width: number, paint: Paint): string[] {
  const name = fit(commandText(command), Math.max(20, width - 50))
  const all = counted(wrapped + losses.length, 'Node process', 'Node processes')
  const note = watched ? [] : [paint('faint', '  Only what wrapped processes started is known: there is no /proc to see others in.')]
  if (wrapped + losses.length === 0) return [`${paint('warning', '!')} no Node process of ${name} was seen`, ...note]
  if (losses.length === 0)
    return [`${paint('ok', '✓')} ${all} of ${name}, ${wrapped === 1 ? 'and it was' : 'all of them'} wrapped`, ...note]
  return [
    `${paint('failure', '✗')} ${losses.length} of ${all} of ${name} ${losses.length === 1 ? 'was' : 'were'} not wrapped`,
    ...groupAlike(losses).flatMap((group) => ['', ...lossLines(group, width, paint)]),
    '',
    paint('faint', 'All that escapes is listed in the README: "What can still be seen, and what escapes".'),
    ...note,
  ]
}

/** Those that were lost in the same place for the same reason. */
function groupAlike(losses: readonly Loss[]): Loss[][] {
  const key = ({ reason, route, lostAt, executable, ancestors }: Loss) =>
    JSON.stringify([reason, route, lostAt?.command, executable, ancestors.map(({ command }) => command)])
  const groups = new Map<string, Loss[]>()
  for (const loss of losses) {
    const group = groups.get(key(loss))
    if (group === undefined) groups.set(key(loss), [loss])
    else group.push(loss)
  }
  return [...groups.values()]
}

function lossLines(group: readonly Loss[], width: number, paint: Paint): string[] {
  const [loss] = group as readonly [Loss]
  const more = group.length > 1 ? `, and ${group.length - 1} more like it` : ''
  return [
    `  ${paint('failure', explain(loss))}`,
    ...wayLines(loss, width - 4, paint).map((line, index, { length }) => `    ${line}${index === length - 1 ? more : ''}`),
    `  ${paint('faint', `→ ${advise(loss)}`)}`,
  ]
}

/** So many programs of a way are shown: the first, and those that are nearest. */
const longestWay = 6

/** What came of what, one below the other, and where it was lost. */
function wayLines({ ancestors, lostAt, ...self }: Loss, width: number, paint: Paint): string[] {
  const at = ancestors.findLastIndex(({ pid, command }) => pid === lostAt?.pid && sameCommand(command, lostAt?.command ?? []))
  const steps = [...ancestors, self].map(({ pid, command }, index) => ({ pid, command, isLossy: index === at }))
  const shown = steps.length <= longestWay ? steps : [...steps.slice(0, 1), undefined, ...steps.slice(1 - longestWay)]
  return shown.map((step, depth) => {
    const lead = depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `
    if (step === undefined) return paint('faint', `${lead}…`)
    const { pid, command, isLossy } = step
    const ending = `${isLossy ? `  ${paint('failure', '✗ lost here')}` : ''}${pid === undefined ? '' : paint('faint', `  pid ${pid}`)}`
    const text = fit(depth === shown.length - 1 ? commandText(command) : shortCommandText(command), Math.max(20, width - lead.length - 26))
    return `${paint('faint', lead)}${text}${ending}`
  })
}

const sameCommand = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((word, index) => word === b[index])

const reasons: Readonly<Record<Loss['reason'], string>> = {
  'environment-emptied': 'it got an environment of its own',
  'node-options-removed': 'NODE_OPTIONS was taken out of its environment',
  'node-options-replaced': 'NODE_OPTIONS was replaced',
  'node-too-old': 'its Node is too old',
  setuid: 'its Node runs with the rights of its file, and loads nothing by NODE_OPTIONS',
  'other-user': 'it runs as another user',
  'other-root': 'it runs in another root directory',
  'permission-model': 'it runs under the permission model, or a policy',
  'build-snapshot': 'it builds a snapshot, and loads nothing before',
  'left-alone': "brood left it alone: it has no room for brood's variables, or cannot read its files",
  'files-gone': "brood's files were removed before it started",
  unknown: 'it left no record',
}

const routes: Readonly<Record<NonNullable<Loss['route']>, string>> = {
  'by-path': 'node was started by its path, past the shims',
  'shims-not-on-path': 'the shims are not on its PATH',
  'shims-not-first': 'another node comes before the shims on its PATH',
}

/** Why a process was not wrapped, in words. */
function explain({ reason, route, nodeVersion }: Loss): string {
  const why = reason === 'node-too-old' && nodeVersion !== undefined ? `${reasons[reason]}: ${nodeVersion}` : reasons[reason]
  return route === undefined ? why : `${why}, and ${routes[route]}`
}

/** What to do about it. */
function advise({ reason, route, lostAt, ancestors }: Loss): string {
  const program = lostAt ?? ancestors.at(-1)
  const who = program === undefined ? 'what starts it' : `\`${fit(shortCommandText(program.command), 40)}\``
  switch (reason) {
    case 'environment-emptied':
      return `Have ${who} pass NODE_OPTIONS and BROOD_CONTEXT on${route === 'by-path' ? ', or start node by its name with the PATH it got' : ', or the PATH it got'}.`
    case 'node-options-removed':
      return `Have ${who} leave NODE_OPTIONS as it is${byName(route)}.`
    case 'node-options-replaced':
      return `Have ${who} add to NODE_OPTIONS what it got there${byName(route)}.`
    case 'node-too-old':
      return 'brood wraps Node 18 and newer: start a newer one.'
    case 'setuid':
      return 'Start a Node without the set-user-id bit.'
    case 'other-user':
    case 'other-root':
      return 'It could not read the preload. Run brood there, as that user.'
    case 'permission-model':
    case 'build-snapshot':
      return 'This is by design; what it starts itself is wrapped where it can be.'
    case 'left-alone':
      return 'SPAWN_WRAP_DEBUG=1 says why.'
    case 'files-gone':
      return 'Keep .node-spawn-wrap-* where they are while the command runs.'
    case 'unknown':
      return 'It may have ended at once, or its Node may load nothing by NODE_OPTIONS. SPAWN_WRAP_DEBUG=1 says every decision.'
  }
}

const byName = (route: Loss['route']) => (route === 'by-path' ? ', or start node by its name' : '')
