import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { makeProject, putModule } from './project.mjs'

/** Runs a way once, in a process and a project of its own. @returns what its program says */
export async function runWay(row, way, { node, env }) {
  const project = makeProject()
  try {
    if (row.module !== undefined) putModule(project.directory, row.module)
    const driver = fileURLToPath(new URL(`drivers/${way.driver ?? row.driver}`, import.meta.url))
    const options = { cwd: project.directory, env: { ...env, ...way.env } }
    return await readResult(node, [...(way.nodeArgs ?? []), driver, ...way.args], options)
  } finally {
    project.remove()
  }
}

/** The last line that it prints, for tools print as well. */
async function readResult(file, args, options) {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, errors, status] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', resolve)
    }),
  ])
  if (status === 0) return JSON.parse(output.trim().split('\n').at(-1))
  throw new Error(`${[file, ...args].join(' ')} ended with ${status}:\n${output}${errors}`)
}

async function readAll(stream) {
  const parts = []
  for await (const part of stream.setEncoding('utf8')) parts.push(part)
  return parts.join('')
}
