import { basename, isAbsolute } from 'node:path'
import { styleText } from 'node:util'
import ways from './program/child.cjs'
import { keepsShims, names } from './tools.mjs'

const labelWidth = Math.max(...Object.values(ways).map((describe) => describe().length))

function print(line = '') {
  process.stdout.write(`${line}\n`)
}

function style(format, text, stream = process.stdout) {
  return stream.isTTY && stream.hasColors() ? styleText(format, text) : text
}

export function printTools() {
  print(`${style('bold', names.nyc)} with --use-spawn-wrap=true, its spawn-wrap being ${style('bold', names.brood)}\n`)
}

/** One line for each process that nyc got into: how it was started, its pid and its command line. */
export function printProcesses(processes) {
  print()
  for (const way of Object.keys(ways)) {
    const caught = processes.filter((one) => one.ways.includes(way))
    for (const one of caught) printProcess(ways[way](), one)
    if (caught.length === 0) print(style('red', `✘ ${ways[way]().padEnd(labelWidth)}   missed`))
  }
  for (const one of processes) if (one.ways.length === 0) printProcess('also caught', one)
}

function printProcess(label, { pid, argv }) {
  const command = argv.map(shorten).join(' ')
  print(`${style('green', '✔')} ${label.padEnd(labelWidth)}  ${style('dim', String(pid).padStart(7))}  ${command}`)
}

function shorten(argument) {
  return isAbsolute(argument) ? basename(argument) : argument
}

export function printSuccess({ length }) {
  const all = Object.keys(ways).length
  print()
  print(style('green', `${all} of ${all} ways to start Node caught, 100 % of the functions.`))
  print(`In each of the ${length} processes it was brood that ran nyc${keepsShims ? '' : ', and it left nothing behind but its store'}.`)
}

export function printFaults(faults) {
  for (const fault of ['', ...faults]) process.stderr.write(`${style('red', fault, process.stderr)}\n`)
}
