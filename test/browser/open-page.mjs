// Opens pages of trees in headless Chromium, and holds against them whatever they should not do.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { renderHtml } from '../../dist/render-html.cjs'
import { findChromium } from './chromium.mjs'

/** Where pictures are left for a person to look at. */
export const pictures = process.env.BROOD_PICTURES ?? join(tmpdir(), 'brood-pictures')
mkdirSync(pictures, { recursive: true })

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } }

let browser
let folder

export async function startBrowser() {
  folder = mkdtempSync(join(tmpdir(), 'brood-page-'))
  // Chromium's sandbox does not run as root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  browser = await chromium.launch({ executablePath: findChromium(), args })
  return browser.version()
}

export async function stopBrowser() {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
}

/**
 * Opens the page of a tree, does something with it, and fails where the page has asked the network for anything, written to the console, thrown,
 * or opened a dialog.
 */
export async function withPage(tree, options, use) {
  const { title = 'npm test', size = sizes.wide, ...contextOptions } = options
  const file = join(folder, `${Math.random().toString(36).slice(2)}.html`)
  writeFileSync(file, renderHtml(tree, { title }))
  const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce', ...contextOptions })
  const wrongs = []
  try {
    const page = await context.newPage()
    const url = pathToFileURL(file).href
    page.on('request', (request) => request.url() === url || wrongs.push(`asked for ${request.url()}`))
    page.on('console', (message) => wrongs.push(`wrote ${message.text()}`))
    page.on('pageerror', (error) => wrongs.push(`threw ${error.stack}`))
    page.on('dialog', (dialog) => {
      wrongs.push(`opened a dialog: ${dialog.message()}`)
      return dialog.dismiss()
    })
    await page.goto(url)
    await use(page)
  } finally {
    await context.close()
  }
  assert.deepEqual(wrongs, [])
}

/** What axe finds wrong, in words. */
export async function accessibilityFaults(page) {
  await page.evaluate(axe)
  const violations = await page.evaluate(async () => {
    const results = await globalThis.axe.run({ resultTypes: ['violations'] })
    return results.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`),
    }))
  })
  return violations
}

export const picture = (page, name) => page.screenshot({ path: join(pictures, `${name}.png`) })

/** The rows in the document, in their order, as a screen reader is told of them. */
export const readRows = (page) =>
  page.locator('[role=treeitem]').evaluateAll((rows) =>
    rows.map((row) => ({
      label: row.firstElementChild.textContent,
      level: Number(row.getAttribute('aria-level')),
      position: Number(row.getAttribute('aria-posinset')),
      size: Number(row.getAttribute('aria-setsize')),
      expanded: row.getAttribute('aria-expanded'),
      tabindex: row.tabIndex,
    })),
  )

/** What has the keyboard: a row's label, or the element's id or text. */
export const focused = (page) =>
  page.evaluate(
    () =>
      (document.activeElement.matches('.row') ? document.activeElement.firstElementChild.textContent : undefined) ??
      document.activeElement.id ??
      document.activeElement.textContent,
  )

/** The labels of the axis of time. */
export const axisLabels = (page) => page.locator('#axis text').allTextContents()

/** The bar of a row: where it begins and ends, in pixels from the left of the bars. */
export const barOf = (page, label) =>
  page
    .getByRole('treeitem', { name: label })
    .locator('.bar')
    .evaluate((bar) => {
      const left = bar.ownerSVGElement.getBoundingClientRect().left
      const box = bar.getBoundingClientRect()
      return { left: box.left - left, right: box.right - left }
    })

/** How many rows there are, in the document or not. */
export const rowCount = (page) => page.locator('.rows').evaluate((element) => element.getBoundingClientRect().height / 26)
