// The README's pictures of a tree: `node .ci/pictures.mjs tree.json 'npm test'`, where `npx brood tree --json tree.json -- npm test` has written the tree.
// Needs what `npm run test:browser` needs, and dist/ and .build/.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { renderTerminal } from '../.build/lib/trace/render-terminal.js'
import { renderHtml } from '../dist/render-html.cjs'
import { findChromium } from '../test/browser/chromium.mjs'
import { drawTerminal } from './draw-terminal.mjs'

const columns = 110
/** Of the window, in pixels. */
const size = { width: 1200, height: 780 }

const { positionals } = parseArgs({ allowPositionals: true })
const [file, command] = positionals
if (file === undefined || command === undefined) throw new Error("node .ci/pictures.mjs tree.json 'npm test'")
const tree = JSON.parse(readFileSync(file, 'utf8'))

const text = renderTerminal(tree, { width: columns, color: true })
writeFileSync(
  'docs/pictures/terminal.svg',
  drawTerminal(`\x1b[2m$\x1b[22m npx brood tree -- ${command}\n\x1b[2m…\x1b[22m\n${text}`, columns),
)

const { chromium } = await import('../test/browser/node_modules/playwright-core/index.mjs')
const folder = mkdtempSync(join(tmpdir(), 'brood-pictures-'))
// Chromium's sandbox does not run as root.
const browser = await chromium.launch({ executablePath: findChromium(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
try {
  const page = join(folder, 'tree.html')
  writeFileSync(page, renderHtml(tree, { title: command }))
  for (const colorScheme of ['light', 'dark']) {
    const png = await photograph(pathToFileURL(page).href, colorScheme)
    writeFileSync(`docs/pictures/timeline-${colorScheme}.webp`, await toWebp(png))
  }
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}

async function photograph(url, colorScheme) {
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: 1.5, colorScheme, reducedMotion: 'reduce' })
  await page.goto(url)
  await page.locator('[role=treeitem]').first().waitFor()
  const png = await page.screenshot()
  await page.close()
  return png
}

/** Chromium takes its pictures as PNG, and writes WebP of a third of the size from a canvas. */
async function toWebp(png) {
  const page = await browser.newPage()
  const url = await page.evaluate(
    async (source) => {
      const image = new globalThis.Image()
      image.src = source
      await image.decode()
      const canvas = Object.assign(globalThis.document.createElement('canvas'), { width: image.width, height: image.height })
      canvas.getContext('2d').drawImage(image, 0, 0)
      return canvas.toDataURL('image/webp', 0.9)
    },
    `data:image/png;base64,${png.toString('base64')}`,
  )
  await page.close()
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
}
