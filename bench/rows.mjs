// What is measured, as data. A row is one way to start a child under one way to wrap.
import { fileURLToPath } from 'node:url'

const locate = (name) => fileURLToPath(new URL(name, import.meta.url))

/** The programs: one that does nothing, and one that prints what the wrapping left behind. */
const programs = {
  cjs: { empty: locate('programs/empty.cjs'), probe: locate('programs/probe.cjs') },
  mjs: { empty: locate('programs/empty.mjs'), probe: locate('programs/probe.mjs') },
}

const byExecPath = (script, node) => [node, [script]]
const byShell = (script) => ['sh', ['-c', `node '${script}'`]]
const byShebang = (script) => [script, []]
const byTrue = () => ['true', []]

/** Sets the variable that the probe prints: node-preload's only way to run something in a child. */
export const mark = locate('wrappers/mark.cjs')

const everyTool = ['brood', 'spawn-wrap', 'node-preload']
const node = { program: programs.cjs, start: byExecPath, tools: everyTool, flags: [], rounds: 100 }
const wrapped = { ...node, wrapper: 'cjs' }

export const childRows = [
  { ...node, id: 'preload', title: 'no wrapper main, one variable set', target: 1.03 },
  { ...node, id: 'require', title: 'no wrapper main, one `--require`', flags: ['--require', mark] },
  { ...node, id: 'trace', title: 'no wrapper main, recorded', tools: ['brood'], recorded: true, target: 1.05 },
  { ...wrapped, id: 'main', title: 'wrapper main', target: 1.06 },
  { ...wrapped, id: 'esm', title: 'wrapper main, ES module program', program: programs.mjs },
  { ...wrapped, id: 'esm-wrapper', title: 'ES module wrapper main', wrapper: 'mjs', tools: ['brood', 'spawn-wrap'] },
  { ...wrapped, id: 'path', title: "wrapper main, `sh -c 'node x'`", start: byShell, target: 1.1 },
  { ...wrapped, id: 'shebang', title: 'wrapper main, `#!/usr/bin/env node`', start: byShebang },
  // The bare child has the flag as well: a V8 flag costs by itself, since V8 then discards Node's compiled code.
  {
    ...wrapped,
    id: 'flag',
    title: 'wrapper main, `--harmony` (bare too)',
    flags: ['--harmony'],
    bareFlags: ['--harmony'],
    tools: ['brood', 'spawn-wrap'],
  },
  { ...wrapped, id: 'true', title: '`true`, no Node at all', program: undefined, start: byTrue, rounds: 400, target: 1.05 },
]

export const wrapRows = [
  { id: 'load', title: '`require()` of the package' },
  { id: 'first', title: '`wrap()` and `unwrap()`, first in a process', target: 5 },
  { id: 'later', title: '`wrap()` and `unwrap()`, later', target: 5 },
]

/** Where the wrapper main of a tool lies. */
export function locateWrapper(tool, format) {
  return locate(`wrappers/${tool}.${format}`)
}

/** The command for a row: `empty` to be timed, `probe` to see whether it is wrapped. */
export function commandFor(row, kind, execPath, flags = []) {
  const [file, args] = row.start(row.program?.[kind], execPath)
  return [file, [...flags, ...args]]
}
