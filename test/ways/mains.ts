// What Node runs: scripts of each kind, texts, stdin, tests; and the flags in front of them.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { node, say, scratch, script, since, type Way, way } from './way.js'

const directory = join(scratch, 'mains')
mkdirSync(directory)

function file(name: string, text: string): string {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}

const sayChild = "console.log('child')"
const module = file('module.mjs', sayChild)
const startsOne = file('starts-one.cjs', script("cp.execFileSync(node, [say, 'child'], inherit)"))
const startsOneText = script("cp.execFileSync(node, [say, 'child'], inherit)")
file('package.json', '{ "type": "commonjs", "main": "index.cjs", "scripts": { "child": "node index.cjs" } }')
file('index.cjs', sayChild)
file('extensionless', sayChild)
symlinkSync(say, join(directory, 'linked'))
const typescript = file('main.ts', "const text: string = 'child'; console.log(text)")
const test = file('one.test.cjs', `require('node:test')('passes', () => { ${startsOneText} })`)
const blob = join(directory, 'snapshot.blob')
const snapshot = file('snapshot.js', "require('v8').startupSnapshot.setDeserializeMainFunction(() => console.log('child'))")
const preload = file('a preload.cjs', 'globalThis.preloaded = true')
const imported = file('imported.mjs', 'globalThis.imported = true')
const optionsFile = file('options.env', 'NODE_OPTIONS=--no-warnings\n')
const environment = file('dot.env', 'FROM_FILE=yes\n')

/** It starts one process more, in which `say` runs. */
const one = { processes: 2, mains: 1 }
const two = { processes: 2, mains: 2 }
const alone = { mains: 0 }

const mains: readonly Way[] = [
  way('a CommonJS script', [node, say, 'child']),
  way('an ES module', [node, module]),
  way('TypeScript', [node, typescript], { skip: since(22, 18), stderr: /^$|ExperimentalWarning/ }),
  way('a script without extension', [node, join(directory, 'extensionless')]),
  way('a script by a symbolic link', [node, join(directory, 'linked'), 'child']),
  way('a script named without its extension', [node, join(directory, 'index')], { skip: 'Node looks for index.js alone' }),
  way('a directory', [node, directory]),
  way('the current directory', [node, '.'], { cwd: directory }),
  way('a script that starts another', [node, startsOne], two),
]

const texts: readonly Way[] = [
  way('-e', [node, '-e', sayChild], alone),
  way('--eval=', [node, `--eval=${sayChild}`], alone),
  way('-p', [node, '-p', '"child"'], alone),
  way('-pe, with arguments', [node, '-pe', 'process.argv[1]', 'child'], alone),
  way('-e as an ES module', [node, '--input-type=module', '-e', `import 'node:fs'; ${sayChild}`], alone),
  way('-e that starts another', [node, '-e', startsOneText], one),
  way('-p that starts another', [node, '-p', `${startsOneText}; "then"`], { ...one, stdout: 'child\nthen\n' }),
  way('a program on stdin', [node], { ...alone, input: sayChild }),
  way('a program on stdin, and arguments', [node, '-', 'x'], { ...alone, input: sayChild }),
  way('a program on stdin that starts another', [node, '-'], { ...one, input: startsOneText }),
  way('the REPL, and what is started there', [node, '-i'], { ...one, input: `${startsOneText}\n`, stdout: /child/ }),
  way('--check', [node, '--check', say], { ...alone, stdout: '' }),
]

const runners: readonly Way[] = [
  way('--test, and what a test starts', [node, '--test', test], { processes: 3, mains: 2, stdout: /child[^]*pass 1/ }),
  way(
    '--test in one process',
    [node, '--test', since(24) === undefined ? '--test-isolation=none' : '--experimental-test-isolation=none', test],
    {
      ...one,
      stdout: /pass 1/,
      skip: since(22, 8),
    },
  ),
  way('--test with a preload of its own', [node, '--require', preload, '--test', test], { processes: 3, mains: 2, stdout: /pass 1/ }),
  way(
    'a snapshot with a main function',
    ['sh', '-c', `"${node}" --snapshot-blob "${blob}" --build-snapshot "${snapshot}" && "${node}" --snapshot-blob "${blob}"`],
    {
      ...alone,
      skip: since(20),
    },
  ),
  // The watching process itself loads no preload and runs no program.
  way('--watch', [node, '--watch', say, 'child'], { stdout: /child/, stderr: /^$|Warning/, until: /Completed running/ }),
  way('--run', [node, '--run', 'child'], { cwd: directory, skip: since(22) }),
  way('--run, and another flag in front', [node, '--no-warnings', '--run', 'child'], { cwd: directory, skip: since(22) }),
]

const flags: readonly (readonly [string, ...string[]])[] = [
  ['--title', 'x'],
  ['--title=x', '--no-warnings'],
  ['-C', 'dev'],
  ['--conditions', 'dev'],
  ['-r', preload],
  ['--require', preload, '--require', preload],
  ['--import', imported],
  ['--import', pathToFileURL(imported).href, '--no-warnings'],
  ['--max-old-space-size=200'],
  ['--stack-size=900'],
  ['--harmony'],
  ['--enable-source-maps'],
  ['--env-file', environment],
  ['--disable-warning', 'DEP0005'],
  ['--unhandled-rejections', 'strict'],
  ['--dns-result-order', 'ipv4first'],
  ['--pending-deprecation'],
  ['--throw-deprecation'],
  ['--frozen-intrinsics'],
  ['--preserve-symlinks'],
  ['--'],
  ['--title', 'x', '--'],
]
const needs: Readonly<Record<string, string | undefined>> = { '--env-file': since(20, 6), '--disable-warning': since(20, 11) }

const flagged = flags.map((words) =>
  way(`flags: ${words.join(' ').replaceAll(`${directory}/`, '')}`, [node, ...words, say, 'one', 'two'], {
    ...two,
    stdout: 'one\ntwo\n',
    stderr: /^$|ExperimentalWarning/,
    skip: needs[words[0]],
  }),
)

const userOptions: readonly Way[] = [
  way('NODE_OPTIONS of its own', [node, say, 'child'], { env: { NODE_OPTIONS: '--no-warnings' } }),
  way('NODE_OPTIONS with a preload of its own', [node, say, 'child'], { env: { NODE_OPTIONS: `--require "${preload}"` } }),
  way('NODE_OPTIONS with an --import of its own', [node, say, 'child'], {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(imported).href}` },
  }),
  way('NODE_OPTIONS from an --env-file', [node, `--env-file=${optionsFile}`, startsOne], { ...two, skip: since(20, 6) }),
  way('NODE_OPTIONS from an --env-file, in a shell text', ['sh', '-c', `node --env-file="${optionsFile}" "${startsOne}"`], {
    ...two,
    skip: since(20, 6),
  }),
  way('an empty NODE_OPTIONS', [node, say, 'child'], { env: { NODE_OPTIONS: '' } }),
]

export const nodeMains: readonly Way[] = [...mains, ...texts, ...runners, ...flagged, ...userOptions]
