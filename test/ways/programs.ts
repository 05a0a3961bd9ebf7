// Programs in other languages that start Node.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { N, node, S, say, scratch, type Way, way } from './way.js'

const directory = join(scratch, 'programs')
mkdirSync(directory)

function file(name: string, text: string): string {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}

const makefile = file(
  'makefile',
  [
    `byname:\n\t@node ${S} child`,
    `bypath:\n\t@${N} ${S} child`,
    `cleared:\n\t@NODE_OPTIONS= node ${S} child`,
    `exported: export NODE_OPTIONS =\nexported:\n\t@node ${S} child`,
    `recursive:\n\t@$(MAKE) --no-print-directory -f $(MAKEFILE_LIST) byname`,
    '',
  ].join('\n'),
)
const make = (target: string) => way(`make: ${target}`, ['make', '-f', makefile, target], { needs: ['make'] })

const [jsonNode, jsonSay] = [JSON.stringify(node), JSON.stringify(say)]
const perl = (name: string, text: string) => way(`perl: ${name}`, ['perl', '-e', text], { needs: ['perl'] })
const python = (name: string, text: string) =>
  way(`python: ${name}`, ['python3', '-c', `import os, subprocess\n${text}`], { needs: ['python3'] })
const awk = (name: string, text: string) => way(`awk: ${name}`, ['awk', `BEGIN { ${text} }`], { needs: ['awk'] })
const tcl = (name: string, text: string) => way(`tcl: ${name}`, ['tclsh', file(`${name}.tcl`, text)], { needs: ['tclsh'] })

export const programs: readonly Way[] = [
  ...['byname', 'bypath', 'cleared', 'exported', 'recursive'].map(make),
  perl('system, by name', `system('node', ${jsonSay}, 'child')`),
  perl('system, by path', `system(${jsonNode}, ${jsonSay}, 'child')`),
  perl('system, of a shell text', `system(q{node ${S} child; true})`),
  perl('system, without NODE_OPTIONS', `delete $ENV{NODE_OPTIONS}; system('node', ${jsonSay}, 'child')`),
  perl('exec', `exec('node', ${jsonSay}, 'child')`),
  perl('backticks', `print \`node ${S} child\``),
  python('by name', `subprocess.run(['node', ${jsonSay}, 'child'])`),
  python('by path', `subprocess.run([${jsonNode}, ${jsonSay}, 'child'])`),
  python('with a shell', `subprocess.run('node ' + ${JSON.stringify(S)} + ' child', shell=True)`),
  python('with PATH alone', `subprocess.run(['node', ${jsonSay}, 'child'], env={'PATH': os.environ['PATH']})`),
  python('without NODE_OPTIONS', `os.environ.pop('NODE_OPTIONS', None); subprocess.run(['node', ${jsonSay}, 'child'])`),
  python('os.execvp', `os.execvp('node', ['node', ${jsonSay}, 'child'])`),
  python('a chain back into node', `subprocess.run([${jsonNode}, ${jsonSay}, 'child'])`),
  awk('system', `system("node ${say} child")`),
  awk('a pipe', `"${node} ${say} child" | getline line; print line`),
  tcl('exec', `puts [exec node {${say}} child]`),
  way('git, through an alias', ['git', '-c', `alias.child=!node ${S} child`, 'child'], { needs: ['git'] }),
]
