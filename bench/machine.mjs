import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, release, type } from 'node:os'

/** The machine in words, for the line under a table. */
export function describeMachine({ node, env }) {
  const versions = execFileSync(node, ['-p', 'process.version + " " + process.arch'], { env, encoding: 'utf8' })
  const [version, arch] = versions.trim().split(' ')
  const processors = cpus()
  return {
    processor: processors[0]?.model ?? 'unknown processor',
    cores: processors.length,
    node: version,
    system: `${nameSystem()} ${arch}`,
  }
}

function nameSystem() {
  const kernel = `${type()} ${release()}`
  try {
    const [, name] = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))
    return `${name}, ${kernel}`
  } catch {
    return kernel
  }
}
