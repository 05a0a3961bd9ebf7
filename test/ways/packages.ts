// npm and its like.
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support.js'
import { N, node, path, S, say, scratch, type Way, way } from './way.js'

const directory = join(scratch, 'a package')
mkdirSync(join(directory, 'node_modules/.bin'), { recursive: true })
mkdirSync(join(directory, 'node_modules/tool'))

const scripts = {
  child: `node ${S} child`,
  absolute: `${N} ${S} child`,
  cleared: `NODE_OPTIONS= node ${S} child`,
  set: `NODE_OPTIONS=--no-warnings ${N} ${S} child`,
  emptied: `env -i ${N} ${S} child`,
  tool: 'tool',
  nested: 'npm run --silent child',
  prechained: `node ${S} pre`,
  chained: `node ${S} main`,
  postchained: `node ${S} post`,
  start: `node ${S} child`,
  test: `node ${S} child`,
}
writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'a-package', version: '1.0.0', license: 'MIT', scripts }))
writeFileSync(join(directory, 'node_modules/tool/package.json'), JSON.stringify({ name: 'tool', version: '1.0.0', bin: 'tool.js' }))
writeFileSync(join(directory, 'node_modules/tool/tool.js'), "#!/usr/bin/env node\nconsole.log('child')\n", { mode: 0o755 })
symlinkSync('../tool/tool.js', join(directory, 'node_modules/.bin/tool'))

const stub = (name: string, text: string) => {
  const bin = join(scratch, name)
  mkdirSync(bin)
  symlinkSync(node, join(bin, 'node'))
  writeFileSync(join(bin, 'npm'), text)
  chmodSync(join(bin, 'npm'), 0o755)
  return { PATH: `${bin}:/usr/bin:/bin` }
}
const beside = stub('npm beside node', `#!/bin/sh\nexec "\`dirname "$0"\`/node" ${S} "$@"\n`)
const hardCoded = stub('npm hard-coded', `#!${node}\nconsole.log(process.argv[2])\n`)

/** npm asks the registry for news of itself. */
const env = { npm_config_update_notifier: 'false', npm_config_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' }
const inPackage = { cwd: directory, env, needs: ['npm'] }
const two = { ...inPackage, processes: 2 }

const npm: readonly Way[] = [
  way('npm run', ['npm', 'run', '--silent', 'child'], two),
  way('npm run, in a shell text', ['sh', '-c', 'npm run --silent child'], two),
  way('npm run, with an absolute node', ['npm', 'run', '--silent', 'absolute'], two),
  way('npm run, NODE_OPTIONS cleared in the script', ['npm', 'run', '--silent', 'cleared'], two),
  way('npm run, NODE_OPTIONS set in the script', ['npm', 'run', '--silent', 'set'], two),
  way('npm run, the environment emptied in the script', ['npm', 'run', '--silent', 'emptied'], two),
  way('npm run of an installed program', ['npm', 'run', '--silent', 'tool'], two),
  way('npm run of npm run', ['npm', 'run', '--silent', 'nested'], { ...inPackage, processes: 3 }),
  way('npm run with pre and post', ['npm', 'run', '--silent', 'chained'], { ...inPackage, processes: 4, stdout: 'pre\nmain\npost\n' }),
  way('npm start', ['npm', 'start', '--silent'], two),
  way('npm test', ['npm', 'test', '--silent'], two),
  way('npm exec', ['npm', 'exec', '--silent', 'tool'], two),
  way('npm exec -c', ['npm', 'exec', '--silent', '-c', `NODE_OPTIONS= ${N} ${S} child`], two),
  way('npx', ['npx', '--silent', 'tool'], { ...two, needs: ['npx'] }),
  way('npm with node-options in its configuration', ['npm', 'run', '--silent', 'absolute'], {
    ...two,
    env: { ...env, npm_config_node_options: '--no-warnings' },
  }),
  way('npm with a shell of its own', ['npm', 'run', '--silent', 'absolute'], {
    ...two,
    needs: ['npm', 'bash'],
    env: { ...env, npm_config_script_shell: 'bash' },
  }),
  way('env -i npm', ['env', '-i', `PATH=${path}`, 'npm', 'run', '--silent', 'child'], two),
  way('an npm that starts the node beside it', ['npm', 'child'], { env: beside }),
  way('an npm that starts the node beside it, in a shell without NODE_OPTIONS', ['sh', '-c', 'unset NODE_OPTIONS; npm child'], {
    env: beside,
  }),
  way('an npm with a hard-coded node', ['npm', 'child'], { env: hardCoded }),
  way('an npm with a hard-coded node, in a shell without NODE_OPTIONS', ['sh', '-c', 'unset NODE_OPTIONS; npm child'], { env: hardCoded }),
]

/** Other package managers come with test/nodes. */
const installed = join(root, 'test/nodes/node_modules')
const notInstalled = 'npm run test:nodes installs it'
const yarnBerry = join(installed, 'yarn-berry/bin/yarn.js')
const berry = join(scratch, 'a yarn package')
mkdirSync(berry)
writeFileSync(join(berry, 'package.json'), JSON.stringify({ name: 'a-yarn-package', version: '1.0.0', scripts }))
writeFileSync(join(berry, 'yarn.lock'), '')

const offline = { YARN_ENABLE_NETWORK: '0', YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_IMMUTABLE_INSTALLS: '0', COREPACK_ENABLE_STRICT: '0' }
const manager = (name: string, program: string, args: readonly string[], expectation: Partial<Way> = {}) => {
  const file = join(installed, program)
  const skip = existsSync(file) ? undefined : notInstalled
  return way(name, [file, ...args], { cwd: directory, env: offline, processes: 2, skip, ...expectation })
}

const others: readonly Way[] = [
  manager('pnpm run', '.bin/pnpm', ['run', '--silent', 'child']),
  manager('pnpm run, NODE_OPTIONS set in the script', '.bin/pnpm', ['run', '--silent', 'set']),
  manager('pnpm exec', '.bin/pnpm', ['exec', 'tool']),
  manager('yarn run', '.bin/yarn', ['run', '--silent', 'child']),
  manager('yarn run, the environment emptied in the script', '.bin/yarn', ['run', '--silent', 'emptied']),
  manager('yarn node', '.bin/yarn', ['--silent', 'node', say, 'child']),
  way("yarn's PnP, which puts a preload of its own first", ['sh', '-c', '"$YARN" install && "$YARN" run child'], {
    cwd: berry,
    env: { ...offline, YARN: yarnBerry },
    processes: 3,
    stdout: /Done[^]*\nchild\n$/,
    skip: existsSync(yarnBerry) ? undefined : notInstalled,
  }),
]

export const packageManagers: readonly Way[] = [...npm, ...others]
