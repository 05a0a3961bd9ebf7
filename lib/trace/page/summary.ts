import type { ProcessTree } from '../process-tree.js'
import { durationText } from '../text.js'
import { html } from './dom.js'

/** The totals, where a count of something wrong leads to it. */
export function summaryOf({ totals }: ProcessTree, search: (query: string) => void): Node[] {
  const { processes, nodeProcesses, workers, depth, wall, cpu, boot, failed, escaped, unfinished } = totals
  const plain = (name: string, value: string, note = '') =>
    html('div', {}, html('dt', {}, name), html('dd', {}, value, note === '' ? undefined : html('small', {}, ` ${note}`)))
  const wrong = (name: string, count: number, query: string) => {
    if (count === 0) return plain(name, '0')
    const button = html('button', { type: 'button', title: `Search for ${query}` }, String(count))
    button.addEventListener('click', () => search(query))
    return html('div', { class: 'wrong' }, html('dt', {}, name), html('dd', {}, button))
  }
  return [
    plain('Wall time', durationText(wall)),
    plain('CPU', durationText(cpu), wall > 0 ? `${(cpu / wall).toFixed(1)} × wall` : ''),
    plain('Processes', String(processes), `${nodeProcesses} Node`),
    ...(workers > 0 ? [plain('Workers', String(workers))] : []),
    plain('Depth', String(depth)),
    plain('Node start-up', durationText(boot), nodeProcesses > 0 ? `${durationText(boot / nodeProcesses)} each` : ''),
    wrong('Failed', failed, 'is:failed'),
    wrong('Escaped', escaped, 'is:escaped'),
    wrong('Unfinished', unfinished, 'is:unfinished'),
  ]
}
