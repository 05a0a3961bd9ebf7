// Shell texts in which brood's variables are lost on the way, run for real: each node is caught, and sees what it would have seen.
import '../../posix-only.js'
import { execFileSync, spawnSync } from 'node:child_process'
import { createContext } from 'brood'
import { fixture, temporaryDirectory } from '../../support.js'
import t from '../../tap.js'

const context = createContext({ main: fixture('wrappers/say-and-run.cjs'), args: ['caught'], shimRoot: temporaryDirectory(t) })
t.teardown(() => context.dispose())

const env = { PATH: process.env.PATH, NODE: process.execPath, FILE: fixture('programs/env.cjs'), OWN: '--no-warnings' }
const node = `${process.execPath} ${fixture('programs/env.cjs')}`

/** A text, and how many processes of node it starts. */
const texts: readonly [text: string, processes?: number][] = [
  [`NODE_OPTIONS= ${node}`],
  [`NODE_OPTIONS=--no-warnings ${node}`],
  [`true; NODE_OPTIONS="$OWN --no-deprecation" "$NODE" "$FILE"`],
  [`A=1 NODE_OPTIONS='--title="a b"' B=2 ${node}`],
  [`unset NODE_OPTIONS; ${node}`],
  [`export NODE_OPTIONS=--no-warnings; ${node}; echo "$NODE_OPTIONS"`],
  [`NODE_OPTIONS=--no-warnings; ${node}; echo "$NODE_OPTIONS"`],
  [`unset NODE_OPTIONS; echo "<$NODE_OPTIONS>"; ${node}`],
  [`env -i ${node}`],
  [`env - A=1 ${node}`],
  [`env -i PATH="$PATH" node "$FILE"`],
  [`env -u NODE_OPTIONS ${node}`],
  [`env NODE_OPTIONS=--no-warnings ${node}`],
  [`nohup nice -n 1 env -i ${node}`],
  [`exec env -i ${node}`],
  [`unset NODE_OPTIONS; exec ${node}`],
  [`NODE_OPTIONS= ${node} | cat`],
  [`(unset NODE_OPTIONS; ${node})`],
  [`{ unset NODE_OPTIONS; ${node}; }`],
  [`X=$(NODE_OPTIONS= ${node}); echo "$X"`],
  [`X=\`NODE_OPTIONS= ${node}\`; echo "$X"`],
  [`if true; then NODE_OPTIONS= ${node}; fi`],
  [`for i in 1 2; do env -i ${node}; done`, 2],
  [`case x in x) NODE_OPTIONS= ${node};; esac`],
  [`run() { NODE_OPTIONS= ${node}; }; run`],
  [`NODE_OPTIONS= ${node} & wait`],
  [`cat <<END; NODE_OPTIONS= ${node}\nNODE_OPTIONS= not a command\nEND\n`],
  [`NODE_OPTIONS= ${node} # NODE_OPTIONS= a comment`],
  [`echo 'NODE_OPTIONS= in quotes'; NODE_OPTIONS= ${node}`],
  [`false || NODE_OPTIONS= ${node} && env -i ${node}`, 2],
  [`sh -c 'NODE_OPTIONS= ${node}'`],
  [`unset NODE_OPTIONS; sh -c '${node}'`],
]

/** The shell and env put what they set where they like; and a node found by env goes through a shim, whose shell sets PWD. */
function withoutOrder(line: string): string {
  if (!line.startsWith('[[')) return line
  const pairs = (JSON.parse(line) as [string, string][]).map((pair) => pair.join('='))
  return JSON.stringify(pairs.filter((pair) => !pair.startsWith('PWD=')).toSorted())
}

for (const shell of ['dash', 'bash']) {
  if (spawnSync(shell, ['-c', 'true']).status !== 0) {
    t.pass(`skipped: there is no ${shell} here`)
    continue
  }
  t.test(shell, (t) => {
    for (const [text, processes = 1] of texts) {
      const run = () => execFileSync(shell, ['-c', text], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      const bare = run()
      const undo = context.patch()
      const lines = run().split('\n')
      undo()
      t.equal(lines.filter((line) => line === 'caught').length, processes, `caught: ${text}`)
      t.same(lines.filter((line) => line !== 'caught').map(withoutOrder), bare.split('\n').map(withoutOrder), `the same: ${text}`)
    }
    t.end()
  })
}

t.test('the same by direct spawn of prefix commands', (t) => {
  const file = fixture('programs/env.cjs')
  for (const [command, ...args] of [
    ['env', '-i', process.execPath, file],
    ['env', '-', 'A=1', process.execPath, file],
    ['env', '-u', 'NODE_OPTIONS', process.execPath, file],
    ['env', 'NODE_OPTIONS=--no-warnings', process.execPath, file],
    ['nice', '-n', '1', 'env', '-i', process.execPath, file],
    ['nohup', 'env', '-i', process.execPath, file],
    ['timeout', '60', 'env', '-i', process.execPath, file],
    ['setsid', '-w', 'env', '-i', process.execPath, file],
    ['stdbuf', '-oL', 'env', '-u', 'NODE_OPTIONS', process.execPath, file],
  ] as [string, ...string[]][]) {
    // macOS has not all of them.
    if (spawnSync(command, ['--help']).error !== undefined) continue
    const run = () => execFileSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const bare = run()
    const undo = context.patch()
    const wrapped = run()
    undo()
    t.same(
      wrapped.split('\n').map(withoutOrder),
      `caught\n${bare}`.split('\n').map(withoutOrder),
      `${command} ${args.slice(0, 3).join(' ')}`,
    )
  }
  t.end()
})
