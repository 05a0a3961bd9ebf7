// Texts for a shell: what they are made of, and what they do to the variables.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { N, path, S, scratch, type Way, way } from './way.js'

const directory = join(scratch, 'shells')
mkdirSync(directory)
writeFileSync(join(directory, 'sourced'), `node ${S} child\n`)
writeFileSync(join(directory, 'sets'), 'NODE_OPTIONS=--no-warnings\nexport NODE_OPTIONS\n')

const node = `node ${S} child`
const absolute = `${N} ${S} child`
const twice = { processes: 2, stdout: 'child\nchild\n' }

/** In any shell. */
const texts: readonly (readonly [text: string, expectation?: Partial<Way>])[] = [
  [node],
  [absolute],
  [`exec ${node}`],
  [`true && ${node} || exit 3`],
  [`${node}; ${absolute}`, twice],
  [`${node} | cat`],
  [`echo | ${absolute} | cat`],
  [`(${node})`],
  [`{ ${node}; }`],
  [`! ${node}`, { code: 1 }],
  [`X=$(${node}); echo "$X"`],
  [`X=\`${absolute}\`; echo "$X"`],
  [`cat <<END\n$(${node})\nEND`],
  [`cat <<END | node -\nconsole.log('child')\nEND`, { mains: 0 }],
  [`${node} & wait`],
  [`if ${node}; then exit 4; fi`, { code: 4 }],
  [`for x in 1 2; do ${node}; done`, twice],
  [`while ${node}; do break; done`],
  [`case x in x) ${node};; esac`],
  [`f() { ${node}; }; f`],
  [`eval '${absolute.replaceAll("'", "'\\''")}'`],
  [`trap '${absolute.replaceAll("'", "'\\''")}' EXIT`],
  [`set -e; ${node}; exit 5`, { code: 5 }],
  [`command ${node}`],
  [`"$(command -v node)" ${S} child`],
  [`. ${join(directory, 'sourced')}`],
  [`cd / && ${node}`],
  [`sh -c "sh -c '${node.replaceAll("'", '')}'"`],
]

/** In any shell: NODE_OPTIONS or all of the environment is lost on the way. */
const losses: readonly (readonly [text: string, expectation?: Partial<Way>])[] = ['node', N].flatMap((command) => {
  const run = `${command} ${S} child`
  // Behind `env -i` a name is looked for on the PATH that the shell gives it.
  const emptied = command === 'node' ? `env -i PATH="$PATH" ${run}` : `env -i ${run}`
  const list: [string, Partial<Way>?][] = [
    [`NODE_OPTIONS= ${run}`],
    [`NODE_OPTIONS=--no-warnings ${run}`],
    [`true; NODE_OPTIONS='--title="a b"' ${run}`],
    [`NODE_OPTIONS="$NODE_OPTIONS --no-warnings" ${run}`],
    [`export NODE_OPTIONS=--no-warnings; ${run}`],
    [`unset NODE_OPTIONS; ${run}`],
    [`unset NODE_OPTIONS; exec ${run}`],
    [`(unset NODE_OPTIONS; ${run}); ${run}`, twice],
    [`X=$(NODE_OPTIONS= ${run}); echo "$X"`],
    [`NODE_OPTIONS= ${run} | cat`],
    [`NODE_OPTIONS= ${run} & wait`],
    [`f() { NODE_OPTIONS= ${run}; }; f`],
    [`if true; then NODE_OPTIONS= ${run}; fi`],
    [`cat <<END\n$(NODE_OPTIONS= ${run})\nEND`],
    [`. ${join(directory, 'sets')}; ${run}`],
    [`env NODE_OPTIONS=--no-warnings ${run}`],
    [`env -u NODE_OPTIONS ${run}`],
    [`env -u NODE_OPTIONS sh -c '${run.replaceAll("'", '')}'`],
    [`unset NODE_OPTIONS; sh -c '${run.replaceAll("'", '')}'`],
    [`sh -c 'NODE_OPTIONS= ${run.replaceAll("'", '')}'`],
    [emptied],
    [`exec ${emptied}`],
    [emptied.replace('env -i', 'env -')],
    [`nohup nice -n 1 ${emptied}`, { stderr: /^$|nohup/ }],
    [`timeout 60 ${emptied}`],
    [`echo x | xargs ${emptied}`, { stdout: 'child\nx\n', processes: 2 }],
  ]
  return list
})

const shells: readonly (readonly [name: string, ...words: readonly string[]])[] = [
  ['sh', 'sh'],
  ['bash', 'bash'],
  ['zsh', 'zsh'],
  ['busybox', 'busybox', 'sh'],
]

const short = (text: string) =>
  text.replaceAll(N, '/abs/node').replaceAll(` ${S} child`, ' x').replaceAll('\n', '\\n').replaceAll(directory, '')

const everywhere = shells.flatMap(([name, file, ...flags]) =>
  [...texts, ...losses].map(([text, expectation]) =>
    way(`${name}: ${short(text)}`, [file as string, ...flags, '-c', text], { needs: [name], ...expectation }),
  ),
)

const bash = { needs: ['bash'] }
const particular: readonly Way[] = [
  way('bash -lc', ['bash', '-lc', absolute], bash),
  way('bash -lc, by name, where the profile may set PATH', ['bash', '-lc', node], bash),
  way('bash -lc, NODE_OPTIONS cleared', ['bash', '-lc', `NODE_OPTIONS= ${absolute}`], bash),
  // Its start-up files may miss something.
  way('env -i bash -lc', ['env', '-i', 'bash', '-lc', absolute], { ...bash, stderr: /^/ }),
  way('bash -c, with a name and arguments', ['bash', '-c', `${N} "$@"`, 'name', S.replaceAll("'", ''), 'child'], bash),
  way('bash: time', ['bash', '-c', `time ${node}`], { ...bash, stderr: /real/ }),
  way('bash: process substitution', ['bash', '-c', `cat <(${node})`], bash),
  way('bash: a here-string', ['bash', '-c', `node - <<< "console.log('child')"`], { ...bash, mains: 0 }),
  way('bash: coproc', ['bash', '-c', `coproc ${node}; cat <&"\${COPROC[0]}"`], bash),
  way('bash: pipefail and options', ['bash', '--norc', '-eo', 'pipefail', '-c', `${node} | cat`], bash),
  way('bash: BASH_ENV', ['bash', '-c', absolute], { ...bash, env: { BASH_ENV: join(directory, 'sets') } }),
  way('a text on stdin', ['sh'], { input: `${node}\n` }),
  way('a text on stdin, by absolute path', ['sh', '-s'], { input: `${absolute}\n` }),
  way('a text on stdin that clears NODE_OPTIONS', ['sh'], { input: `NODE_OPTIONS= ${node}\n` }),
  way('a shell with an empty environment', ['env', '-i', 'sh', '-c', absolute]),
  way('a shell with an empty environment, by name', ['env', '-i', `PATH=${path}`, 'sh', '-c', node]),
]

export const shellTexts: readonly Way[] = [...everywhere, ...particular]
