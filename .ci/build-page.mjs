// The page of `brood tree --html`, put together from lib/trace/page/: one HTML text, with places left for what a tree brings.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { build } from 'esbuild'

const folder = 'lib/trace/page'

export async function buildPage() {
  const parts = { script: await bundle('main.ts', 'es2022'), style: await bundle('page.css') }
  const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const policy = [
    "default-src 'none'",
    `script-src ${hash(parts.script)}`,
    `style-src ${hash(parts.style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    // No text ever becomes markup: the browser sees to it.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  const frame = readFileSync(`${folder}/page.html`, 'utf8').replace(/\n\s*/g, '\n')
  return frame.replace(/\{\{(policy|style|script)\}\}/g, (_, name) => ({ ...parts, policy })[name])
}

/** One file as text, as a browser takes it. */
async function bundle(file, target) {
  const { outputFiles } = await build({
    entryPoints: [`${folder}/${file}`],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target,
    // What is not ASCII is written as an escape, so that no encoding can break it.
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
  })
  return outputFiles[0].text.trim()
}
