import type { EnvironmentChange, TracedProcess } from '../process-tree.js'
import { commandText, durationText, sizeText } from '../text.js'
import { labelOf } from './command.js'
import { endingOf } from './describe.js'
import { foreignText, html } from './dom.js'
import type { Entry } from './entries.js'

/** More of an argument is shown when it is asked for. */
const longestShown = 2000

/** What is known of a process, as a person reads it. */
export function detailOf(entry: Entry, zoomTo: () => void): Node[] {
  const { process } = entry
  const { kind, slowest, escaped, replaced, failed, cpu, memory, children } = process
  const badges = [
    html('li', { class: `badge ${kind}` }, { node: 'Node', program: 'not Node', worker: 'Worker' }[kind]),
    failed ? html('li', { class: 'badge failed' }, '✕ failed') : undefined,
    escaped ? html('li', { class: 'badge' }, 'escaped: it left no record') : undefined,
    replaced ? html('li', { class: 'badge' }, 'a mock ran in its place') : undefined,
    slowest ? html('li', { class: 'badge slowest' }, 'on the slowest path') : undefined,
  ]
  const zoomButton = html('button', { type: 'button' }, 'Zoom to it')
  zoomButton.addEventListener('click', zoomTo)
  const facts: readonly (readonly [string, Node | string | undefined])[] = [
    ['Ending', endingOf(process)],
    ['Wall time', process.wall === undefined ? undefined : durationText(process.wall)],
    ['From', `${durationText(process.start)}${process.end === undefined ? '' : ` to ${durationText(process.end)}`}`],
    ['Node start-up', process.boot === undefined ? undefined : durationText(process.boot)],
    ['CPU', cpu === undefined ? undefined : `${durationText(cpu.user)} user, ${durationText(cpu.system)} system`],
    ['Peak memory', memory === undefined ? undefined : sizeText(memory)],
    ['Children', childrenText(children)],
    ['pid', process.pid === undefined ? undefined : String(process.pid)],
    ['Directory', code(process.cwd)],
    ['Node', code(process.nodeVersion)],
    ['Program', code(process.execPath)],
    ['Started as', process.startedAs === undefined ? undefined : code(commandText(process.startedAs))],
  ]
  return [
    html('h2', { tabindex: -1 }, labelOf(entry)),
    html('ul', { class: 'badges' }, ...badges),
    html('div', { class: 'actions' }, copyButton('Copy the command', commandText(process.command)), zoomButton),
    html(
      'dl',
      { class: 'facts' },
      ...facts.flatMap(([name, value]) => (value === undefined ? [] : [html('dt', {}, name), html('dd', {}, value)])),
    ),
    ...listOf('Arguments', process.command),
    ...(process.execArgv.length > 0 ? listOf('Options of Node', process.execArgv) : []),
    ...(process.environment === undefined ? [] : environmentOf(process.environment)),
  ]
}

function childrenText(children: readonly TracedProcess[]): string {
  if (children.length === 0) return 'none'
  const below = countBelow(children)
  return below === children.length ? String(children.length) : `${children.length}, ${below} in all below it`
}

function countBelow(processes: readonly TracedProcess[]): number {
  return processes.reduce((sum, { children }) => sum + 1 + countBelow(children), 0)
}

function code(text: string | undefined): Node | undefined {
  return text === undefined ? undefined : html('code', {}, ...longText(text))
}

function listOf(title: string, items: readonly string[]): Node[] {
  return [
    html('div', { class: 'section' }, html('h3', {}, title)),
    html('ol', { class: 'arguments', start: 0 }, ...items.map((item) => html('li', {}, html('code', {}, ...longText(item))))),
  ]
}

/** A text, and a button for the rest of it where it is very long. */
function longText(text: string): Node[] {
  if (text === '') return [html('span', { class: 'escape' }, 'empty')]
  if (text.length <= longestShown) return [foreignText(text)]
  const rest = html('button', { type: 'button' }, `… ${text.length.toLocaleString('en')} characters, show all`)
  rest.addEventListener('click', () => rest.replaceWith(foreignText(text.slice(longestShown))))
  return [foreignText(text.slice(0, longestShown)), rest]
}

function environmentOf({ added, removed, changed, values }: EnvironmentChange): Node[] {
  const rows = [
    ...added.map((name) => ['+', 'added', name] as const),
    ...changed.map((name) => ['±', 'changed', name] as const),
    ...removed.map((name) => ['−', 'removed', name] as const),
  ]
  if (rows.length === 0)
    return [html('div', { class: 'section' }, html('h3', {}, 'Environment')), html('p', {}, "The same as its parent's.")]
  return [
    html('div', { class: 'section' }, html('h3', {}, "Environment, against its parent's")),
    html(
      'ul',
      { class: 'environment' },
      ...rows.map(([sign, what, name]) => {
        const value = values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined
        return html(
          'li',
          { class: what },
          html('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
          html('span', { class: 'visually-hidden' }, `${what}: `),
          html('code', {}, foreignText(name), ...(value === undefined ? [] : ['=', ...longText(value)])),
        )
      }),
    ),
  ]
}

function copyButton(label: string, text: string): HTMLButtonElement {
  const button = html('button', { type: 'button' }, label)
  button.addEventListener('click', () => {
    // A page that is not from a secure place has no clipboard.
    const copied = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'))
    const say = (what: string) => {
      button.textContent = what
      setTimeout(() => {
        button.textContent = label
      }, 1500)
    }
    copied.then(
      () => say('Copied'),
      () => say('The browser does not allow it'),
    )
  })
  return button
}
