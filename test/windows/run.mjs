// `npm run test:windows`: brood as it is packed, tried on Windows, or elsewhere with the Node.js of Windows under wine.
// `npm run test:windows -- shim`: the cases with that in their names alone.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CannotRun, startWine } from './wine.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const here = join(root, 'test', 'windows')

/** npm itself, which Windows would start through a batch file only. It says where it is to the scripts that it runs. */
function npm(args, cwd) {
  if (process.env.npm_execpath === undefined) throw new CannotRun('start it with `npm run test:windows`.')
  return execFileSync(process.execPath, [process.env.npm_execpath, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
}

/** The system that this runs on, where that is Windows. */
function startHere(scratch) {
  return {
    description: `Windows, Node.js ${process.version}`,
    project: join(scratch, 'a project'),
    run: (script, args, cwd) => spawnSync(process.execPath, [script, ...args], { cwd, stdio: 'inherit' }).status,
    stop() {},
  }
}

/** Installs the packed package beside the programs of the test, as somebody's project would have it. */
function prepareProject(project) {
  mkdirSync(project, { recursive: true })
  for (const name of ['smoke.cjs', 'cases.cjs', 'programs']) cpSync(join(here, name), join(project, name), { recursive: true })
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', project], root))
  const quiet = ['--silent', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
  npm(['install', ...quiet, '--prefix', project, join(project, filename)], project)
}

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'brood-windows-')))
let system
try {
  system = process.platform === 'win32' ? startHere(scratch) : startWine(scratch, here, npm)
  console.log(system.description)
  prepareProject(system.project)
  process.exitCode = system.run('smoke.cjs', process.argv.slice(2), system.project) ?? 1
} catch (error) {
  if (!(error instanceof CannotRun)) throw error
  console.error(`test:windows cannot run here: ${error.message}`)
  process.exitCode = 1
} finally {
  system?.stop()
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
}
