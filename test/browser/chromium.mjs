// Finds a Chromium on this machine, or installs Debian's.
import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** The path of a Chromium. `CHROMIUM` says which one, where that is set. */
export function findChromium() {
  const found = process.env.CHROMIUM ?? findOnPath()
  if (found !== undefined) return found
  if (process.platform !== 'linux' || process.getuid() !== 0) {
    throw new Error('no Chromium found: install one, or say where it is in the variable CHROMIUM')
  }
  const apt = (...args) =>
    execFileSync('apt-get', args, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  apt('update', '-q')
  apt('install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-dejavu-core')
  return findOnPath() ?? fail('apt-get installed no Chromium')
}

function findOnPath() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable)
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function fail(message) {
  throw new Error(message)
}
