// Programs that run the command behind their own options, started directly.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { N, node, path, S, say, scratch, type Way, way } from './way.js'

/** Each in front of node by name, by absolute path, and of one that has lost the environment. */
const prefixes: readonly (readonly string[])[] = [
  ['env'],
  ['nice', '-n', '1'],
  ['nohup'],
  ['timeout', '60'],
  ['timeout', '-k', '1', '60'],
  ['setsid', '-w'],
  ['stdbuf', '-oL'],
  ['time', '-p'],
  ['ionice', '-c', '3'],
  ['taskset', '1'],
  ['chrt', '-o', '0'],
  ['flock', join(scratch, 'lock')],
  ['unshare', '--fork'],
  ['setpriv', '--nnp'],
  ['strace', '-f', '-o', '/dev/null'],
  ['busybox', 'setsid'],
]

const noise = { stderr: /^$|nohup|real|user/ }

const behind = prefixes.flatMap((words) => {
  const [program] = words as [string, ...string[]]
  const expectation = { needs: [program], ...noise }
  const name = words.join(' ').replace(scratch, '')
  const start = (...rest: string[]) => [...words, ...rest] as [string, ...string[]]
  return [
    way(`${name} node`, start('node', say, 'child'), expectation),
    way(`${name} /abs/node`, start(node, say, 'child'), expectation),
    way(`${name} env -i /abs/node`, start('env', '-i', node, say, 'child'), expectation),
    way(`${name} sh -c 'NODE_OPTIONS= /abs/node'`, start('sh', '-c', `NODE_OPTIONS= ${N} ${S} child`), expectation),
  ]
})

const env: readonly Way[] = [
  way('env NODE_OPTIONS=.. node', ['env', 'NODE_OPTIONS=--no-warnings', 'node', say, 'child']),
  way('env NODE_OPTIONS=.. /abs/node', ['env', 'A=1', 'NODE_OPTIONS=--no-warnings', node, say, 'child']),
  way('env NODE_OPTIONS= /abs/node', ['env', 'NODE_OPTIONS=', node, say, 'child']),
  way('env -u NODE_OPTIONS node', ['env', '-u', 'NODE_OPTIONS', 'node', say, 'child']),
  way('env -u NODE_OPTIONS /abs/node', ['env', '-u', 'NODE_OPTIONS', node, say, 'child']),
  way('env --unset=NODE_OPTIONS /abs/node', ['env', '--unset=NODE_OPTIONS', node, say, 'child']),
  way('env - /abs/node', ['env', '-', 'A=1', node, say, 'child']),
  way('env -i PATH=.. node', ['env', '-i', `PATH=${path}`, 'node', say, 'child']),
  way('env -i env -i /abs/node', ['env', '-i', 'env', '-i', node, say, 'child']),
  way("env -S 'NODE_OPTIONS= /abs/node'", ['env', '-S', `NODE_OPTIONS= ${node} ${say} child`]),
  way("env -S '-i /abs/node'", ['env', `-S-i ${node} ${say}`, 'child']),
]

/** sudo looks for a bare name on a PATH of its own. */
const sudo: readonly Way[] = [
  ['-n', node, say, 'child'],
  ['-n', '-u', 'root', node, say, 'child'],
  ['-nE', node, say, 'child'],
  ['-n', 'NODE_OPTIONS=--no-warnings', node, say, 'child'],
  ['-n', 'env', '-i', node, say, 'child'],
  ['-n', 'nice', node, say, 'child'],
].map((words) =>
  way(`sudo ${words.join(' ').replace(`${node} ${say} child`, '/abs/node')}`, ['sudo', ...words], {
    needs: ['sudo'],
    skip: withoutPassword(),
  }),
)

function withoutPassword(): string | undefined {
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? undefined : 'there is no sudo without a password here'
}

const others: readonly Way[] = [
  way('xargs node', ['xargs', 'node', say], { input: 'child' }),
  way('xargs env -i /abs/node', ['xargs', 'env', '-i', node, say], { input: 'child' }),
  way('xargs -I{} sh -c', ['xargs', '-I{}', 'sh', '-c', `NODE_OPTIONS= ${N} ${S} {}`], { input: 'child' }),
  way('xargs, one each', ['xargs', '-n1', '-P2', 'node', say], { input: 'child child', processes: 2, stdout: 'child\nchild\n' }),
  way('nohup nice -n 1 env -i /abs/node', ['nohup', 'nice', '-n', '1', 'env', '-i', node, say, 'child'], noise),
  way('find -exec node', ['find', say, '-exec', 'node', '{}', 'child', ';'], { needs: ['find'] }),
  way('find -exec env -i /abs/node', ['find', say, '-exec', 'env', '-i', node, '{}', 'child', ';'], { needs: ['find'] }),
  way('find -exec sh -c', ['find', say, '-exec', 'sh', '-c', `NODE_OPTIONS= ${N} {} child`, ';'], { needs: ['find'] }),
  way('flock -c', ['flock', join(scratch, 'lock-c'), '-c', `NODE_OPTIONS= ${N} ${S} child`], { needs: ['flock'] }),
  way('script -c', ['script', '-qec', `NODE_OPTIONS= ${N} ${S} child`, '/dev/null'], { needs: ['script'], stdout: 'child\r\n' }),
  way('su -c', ['su', '-c', `NODE_OPTIONS= ${N} ${S} child`], { needs: ['su'], skip: asRoot() }),
  way('runuser', ['runuser', '-u', 'root', '--', 'env', '-i', node, say, 'child'], { needs: ['runuser'], skip: asRoot() }),
  way('chroot /', ['chroot', '/', 'env', '-i', node, say, 'child'], { needs: ['chroot'], skip: asRoot() }),
  ...sudo,
]

function asRoot(): string | undefined {
  return process.getuid?.() === 0 ? undefined : 'it needs root'
}

export const prefixCommands: readonly Way[] = [...behind, ...env, ...others]
