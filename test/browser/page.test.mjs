// The page of `brood tree --html` in headless Chromium, as a person uses it.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { everyProcess, hostileTexts, hostileTree, largeTree, makeTree, smallTree } from '../../.build/test/trace/make-tree.js'
import {
  accessibilityFaults,
  axisLabels,
  barOf,
  focused,
  picture,
  pictures,
  readRows,
  rowCount,
  sizes,
  startBrowser,
  stopBrowser,
  withPage,
} from './open-page.mjs'

before(async () => {
  console.log(`Chromium ${await startBrowser()}; pictures in ${pictures}`)
})
after(stopBrowser)

const small = smallTree()
const large = largeTree(5000)
/** Of the small tree: its processes, less the run of fourteen, which is one row. */
const smallRows = everyProcess(small.roots).length - 14 + 1

const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key)
}
const row = (page, name) => page.getByRole('treeitem', { name })
const detailText = (page) => page.locator('#detail').innerText()

describe('what it shows', () => {
  it('the command, the totals, a row for each process, and what could not be read', () =>
    withPage(small, {}, async (page) => {
      assert.equal(await page.title(), 'npm test')
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), '$ npm test')
      const totals = await page.locator('#totals > div').evaluateAll((items) => items.map((item) => item.textContent))
      assert.deepEqual(totals, [
        'Wall time4.82 s',
        `CPU${(small.totals.cpu / 1000).toFixed(2)} s ${(small.totals.cpu / small.totals.wall).toFixed(1)} × wall`,
        `Processes${small.totals.processes} ${small.totals.nodeProcesses} Node`,
        'Workers3',
        'Depth6',
        `Node start-up${Math.round(small.totals.boot)} ms ${Math.round(small.totals.boot / small.totals.nodeProcesses)} ms each`,
        'Failed6',
        'Escaped1',
        'Unfinished1',
      ])
      const rows = await readRows(page)
      assert.equal(rows.length, smallRows)
      assert.deepEqual(rows[0], {
        label: 'npm test, 4.82 s, exit code 1, failed, on the slowest path',
        level: 1,
        position: 1,
        size: 1,
        expanded: 'true',
        tabindex: 0,
      })
      assert.equal(rows.filter(({ tabindex }) => tabindex === 0).length, 1)
      await page.getByText('Not all could be read: 1').click()
      assert.equal(await page.locator('#losses-list').innerText(), small.totals.losses[0])
    }))

  it('bars from start to end, to scale', () =>
    withPage(small, {}, async (page) => {
      const root = await barOf(page, /^npm test/)
      for (const [name, start, end] of [
        [/^npm run build/, 1184, 2610],
        [/^make/, 1366, 2590],
        [/vite build/, 1384, 2580],
      ]) {
        const { left, right } = await barOf(page, name)
        const pixels = (root.right - root.left) / 4820
        assert.ok(Math.abs(left - start * pixels) < 1.5, `${name} begins at ${left}`)
        assert.ok(Math.abs(right - end * pixels) < 1.5, `${name} ends at ${right}`)
      }
    }))

  it('what is unusual, by a shape and in words, not by colour alone', () =>
    withPage(small, {}, async (page) => {
      for (const [name, shape, words] of [
        [/^node server/, '.cross', '✕ SIGKILL'],
        [/^redis/, '.cross', '✕ ENOENT'],
        [/native-helper/, '.bar.escaped', 'escaped'],
        [/daemon/, '.bar.open', 'no end seen'],
        [/^14 alike/, '.bar.run', '× 14'],
      ]) {
        assert.equal(await row(page, name).locator(shape).count(), 1, `${name} ${shape}`)
        assert.equal(await row(page, name).locator('.tag').innerText(), words)
      }
      assert.equal(
        await row(page, /^node server/)
          .locator('.slowest')
          .count(),
        1,
      )
      assert.equal(
        await row(page, /^npm run lint/)
          .locator('.slowest')
          .count(),
        0,
      )
      assert.equal(
        await row(page, /^npm run lint/)
          .locator('.boot')
          .count(),
        1,
      )
      assert.equal(await row(page, /^make/).locator('.boot').count(), 0)
    }))

  it('that there is nothing to show', () =>
    withPage(makeTree([], ['1-a.jsonl: not a record']), {}, async (page) => {
      assert.equal(await page.getByText('No process was recorded.').isVisible(), true)
      assert.equal(await page.getByText('Not all could be read: 1').isVisible(), true)
      assert.deepEqual(await accessibilityFaults(page), [])
    }))

  it('without scripts, that it needs them', () =>
    withPage(small, { javaScriptEnabled: false }, async (page) => {
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), '$ npm test')
      assert.match(await page.locator('noscript').innerText(), /drawn by the script/)
    }))
})

describe('the keyboard', () => {
  it('goes through the tree as through any tree', () =>
    withPage(small, {}, async (page) => {
      await press(page, 'Tab')
      assert.equal(await focused(page), 'skip')
      await press(page, 'Enter')
      assert.match(await focused(page), /^npm test,/)
      await press(page, 'ArrowDown', 'ArrowDown')
      assert.match(await focused(page), /^npm run lint/)
      await press(page, 'ArrowRight')
      assert.match(await focused(page), /eslint/)
      await press(page, 'ArrowRight')
      assert.match(await focused(page), /eslint/, 'a leaf has nothing to open')
      await press(page, 'ArrowLeft')
      assert.match(await focused(page), /^npm run lint/)
      await press(page, 'ArrowLeft')
      assert.equal(await row(page, /^npm run lint/).getAttribute('aria-expanded'), 'false')
      assert.equal(await rowCount(page), smallRows - 1)
      await press(page, 'ArrowRight')
      assert.equal(await row(page, /^npm run lint/).getAttribute('aria-expanded'), 'true')
      await press(page, 'End')
      assert.match(await focused(page), /daemon/)
      await press(page, 'ArrowLeft', 'ArrowLeft')
      assert.equal(await rowCount(page), smallRows - 7, 'what the mocha started')
      await press(page, 'Home')
      assert.match(await focused(page), /^npm test/)
      await press(page, 'ArrowLeft')
      assert.equal(await rowCount(page), 1)
      await press(page, '*')
      assert.ok((await rowCount(page)) > 1)
      assert.equal((await readRows(page)).filter(({ tabindex }) => tabindex === 0).length, 1)
    }))

  it('opens a run of alike ones, and folds it again', () =>
    withPage(small, {}, async (page) => {
      await row(page, /^14 alike/).focus()
      await press(page, 'Enter')
      assert.equal(await rowCount(page), smallRows + 14)
      const first = (await readRows(page)).find(({ label }) => label.includes('cart.test.js'))
      assert.deepEqual([first.level, first.position, first.size], [5, 1, 14])
      await press(page, 'ArrowLeft')
      assert.equal(await rowCount(page), smallRows)
    }))

  it('opens the details, which follow the rows, and comes back', () =>
    withPage(small, {}, async (page) => {
      await row(page, /^make/).focus()
      await press(page, 'Enter')
      assert.equal(await page.evaluate(() => document.activeElement.textContent), 'make -j2 all')
      await press(page, 'Escape')
      assert.match(await focused(page), /^make/)
      assert.equal(await page.locator('#detail').isVisible(), false)
      await press(page, ' ')
      assert.equal(await page.locator('#detail').isVisible(), true)
      await row(page, /^make/).focus()
      await press(page, 'ArrowDown')
      assert.match(await detailText(page), /tsc -p tsconfig\.json/)
      assert.equal(await row(page, /tsc/).getAttribute('aria-selected'), 'true')
    }))

  it('moves the line between commands and bars', () =>
    withPage(small, {}, async (page) => {
      const line = page.getByRole('separator')
      const before = Number(await line.getAttribute('aria-valuenow'))
      await line.focus()
      await press(page, 'ArrowRight', 'ArrowRight')
      assert.equal(Number(await line.getAttribute('aria-valuenow')), before + 48)
    }))

  it('has single keys that can be turned off', () =>
    withPage(small, {}, async (page) => {
      await press(page, '?')
      assert.equal(await page.getByRole('dialog').isVisible(), true)
      assert.deepEqual(await accessibilityFaults(page), [])
      await page.getByLabel('Keys that are a single character').uncheck()
      await press(page, 'Escape')
      assert.equal(await page.getByRole('dialog').isVisible(), false)
      await row(page, /^npm test/).focus()
      await press(page, '/')
      assert.match(await focused(page), /^npm test/)
      await page.reload()
      await row(page, /^npm test/).focus()
      await press(page, '+')
      assert.equal(await page.locator('#zoom-all').isDisabled(), true, 'it is remembered')
    }))
})

describe('searching', () => {
  it('counts, goes from one to the next, opens what hides it, and says so', () =>
    withPage(small, {}, async (page) => {
      await row(page, /^npm test/).focus()
      await press(page, '/')
      await page.keyboard.type('test/unit')
      assert.equal(await page.locator('#count').innerText(), '1 of 14')
      await press(page, 'Enter', 'Enter')
      assert.equal(await page.locator('#count').innerText(), '3 of 14')
      assert.equal(await page.locator('.row.match').count(), 14)
      assert.match(await page.locator('.row.current').innerText(), /tax\.test\.js/)
      await page.waitForFunction(() =>
        document.getElementById('status').textContent.startsWith('3 of 14 found: node test/unit/tax.test.js'),
      )
      await press(page, 'Shift+Enter')
      assert.equal(await page.locator('#count').innerText(), '2 of 14')
      await page.getByLabel('Only matches').check()
      assert.equal(await rowCount(page), 14 + 4)
      await page.locator('#query').focus()
      await press(page, 'Escape')
      assert.equal(await page.locator('#query').inputValue(), '')
      assert.equal(await page.locator('.row.match').count(), 0)
      assert.equal(await rowCount(page), smallRows + 14)
    }))

  it('by pid, directory and what is wrong; says when there is nothing', () =>
    withPage(small, {}, async (page) => {
      const query = page.getByRole('searchbox')
      await query.fill(String(everyProcess(small.roots)[5].pid))
      assert.equal(await page.locator('#count').innerText(), '1 of 1')
      await query.fill('/home/ada is:worker')
      assert.equal(await page.locator('#count').innerText(), '1 of 3')
      await query.fill('no such thing')
      assert.equal(await page.locator('#count').innerText(), 'none')
      await page.waitForFunction(() => document.getElementById('status').textContent === 'No process found')
      await page.locator('#totals').getByRole('button', { name: '6' }).click()
      assert.equal(await query.inputValue(), 'is:failed')
      assert.equal(await page.locator('#count').innerText(), '1 of 6')
    }))
})

describe('zooming', () => {
  const whole = ['0', '1 s', '2 s', '3 s', '4 s']

  it('by buttons and keys, and says what is shown', () =>
    withPage(small, {}, async (page) => {
      assert.deepEqual(await axisLabels(page), whole)
      assert.equal(await page.locator('#zoom-out').isDisabled(), true)
      await page.getByRole('button', { name: 'Zoom in' }).click()
      await page.waitForFunction(() => document.getElementById('status').textContent === '904 ms to 3.92 s shown')
      await row(page, /^npm test/).focus()
      await press(page, 'Shift+ArrowLeft', 'Shift+ArrowLeft')
      await page.waitForFunction(() => document.getElementById('status').textContent === '0 to 3.01 s shown')
      await press(page, '0')
      await page.waitForFunction(() => document.querySelector('#zoom-all').disabled)
      assert.deepEqual(await axisLabels(page), whole)
      await row(page, /^npm run lint/).focus()
      await press(page, 'f')
      await page.waitForFunction(() => document.getElementById('status').textContent === '180 ms to 1.22 s shown')
      const { left, right } = await barOf(page, /^npm run lint/)
      assert.ok(left > 0 && right - left > 600, 'the row fills the window')
    }))

  it('by the wheel, at the pointer', () =>
    withPage(small, {}, async (page) => {
      const axis = await page.locator('#axis').boundingBox()
      const { left } = await barOf(page, /^npm run build/)
      await page.mouse.move(axis.x + left, axis.y + 200)
      await page.keyboard.down('Control')
      await page.mouse.wheel(0, -400)
      await page.keyboard.up('Control')
      await page.waitForFunction(() => !document.querySelector('#zoom-all').disabled)
      const zoomed = await barOf(page, /^npm run build/)
      assert.ok(Math.abs(zoomed.left - left) < 2, `${zoomed.left} is still where ${left} was`)
      assert.ok(zoomed.right - zoomed.left > 500)
    }))

  it('by dragging on the axis and in the overview; the bars can be dragged too', () =>
    withPage(small, {}, async (page) => {
      const drag = async (box, from, to) => {
        await page.mouse.move(box.x + from, box.y + box.height / 2)
        await page.mouse.down()
        await page.mouse.move(box.x + (from + to) / 2, box.y + box.height / 2)
        await page.mouse.move(box.x + to, box.y + box.height / 2)
        await page.mouse.up()
      }
      const lint = await barOf(page, /^npm run lint/)
      await drag(await page.locator('#axis').boundingBox(), lint.left, lint.right)
      await page.waitForFunction(() => !document.querySelector('#zoom-all').disabled)
      const zoomed = await barOf(page, /^npm run lint/)
      const axis = await page.locator('#axis').boundingBox()
      assert.ok(Math.abs(zoomed.left) < 4 && Math.abs(zoomed.right - axis.width + 16) < 4, JSON.stringify(zoomed))
      await drag(await row(page, /^npm run lint/).boundingBox(), 1000, 900)
      await page.waitForFunction(() => document.querySelector('#axis text').textContent !== '')
      const moved = await barOf(page, /^npm run lint/)
      assert.ok(Math.abs(moved.right - zoomed.right + 100) < 3, `${moved.right}`)
      assert.equal(await page.locator('#detail').isVisible(), false, 'what was dragged was not clicked')
      await drag(await page.locator('#overview').boundingBox(), 100, 300)
      const first = await page.waitForFunction(() => document.querySelector('#axis text').textContent)
      assert.notEqual(await first.jsonValue(), '0')
      await page.locator('#overview').dblclick()
      await page.waitForFunction(() => document.querySelector('#zoom-all').disabled)
    }))

  it('down to microseconds', () =>
    withPage(small, {}, async (page) => {
      await row(page, /^npm test/).focus()
      for (let times = 0; times < 30; times++) await press(page, '+')
      await page.waitForFunction(() => document.querySelector('#axis text')?.textContent.length > 9)
      const labels = await axisLabels(page)
      assert.equal(new Set(labels).size, labels.length, labels.join())
      const { left, right } = await barOf(page, /^npm test/)
      assert.ok(right - left < 2000, 'what is out of sight is cut')
    }))
})

describe('the line under the pointer', () => {
  it('says the time that is there, also when what is shown has changed', () =>
    withPage(small, {}, async (page) => {
      const { left, right } = await barOf(page, /^npm test/)
      const axis = await page.locator('#axis').boundingBox()
      await page.mouse.move(axis.x + (left + right) / 2, axis.y + 100)
      assert.equal(await page.locator('#cursor-time').innerText(), '2.410 s')
      await row(page, /^npm run build/).focus()
      await press(page, 'f')
      await page.waitForFunction(() => document.querySelector('#cursor-time').textContent !== '2.410 s')
      const middle = (1184 + 2610) / 2000
      const said = Number.parseFloat(await page.locator('#cursor-time').innerText())
      assert.ok(Math.abs(said - middle) < 0.05, `${said} s`)
      await page.mouse.move(10, 10)
      assert.equal(await page.locator('#cursor').isVisible(), false)
    }))
})

describe('the details', () => {
  it('say all that is known', () =>
    withPage(small, {}, async (page) => {
      await row(page, /checkout\.test\.js/).click({ position: { x: 200, y: 10 } })
      assert.deepEqual(await page.locator('.arguments').first().locator('li').allInnerTexts(), [
        '/usr/local/bin/node',
        '/home/ada/projects/harbour/test/integration/checkout.test.js',
      ])
      const facts = await page
        .locator('.facts')
        .evaluate((list) =>
          Object.fromEntries([...list.querySelectorAll('dt')].map((name) => [name.textContent, name.nextElementSibling.textContent])),
        )
      const { pid } = everyProcess(small.roots).find(({ command }) => command[1]?.includes('checkout'))
      assert.deepEqual(facts, {
        Ending: 'exit code 1',
        'Wall time': '1.71 s',
        From: '3.01 s to 4.72 s',
        'Node start-up': '38 ms',
        CPU: '787 ms user, 137 ms system',
        'Peak memory': `${Math.round((41e6 + (pid % 97) * 1e6) / 1e6)} MB`,
        Children: '3',
        pid: String(pid),
        Directory: '/home/ada/projects/harbour',
        Node: 'v22.23.3',
        Program: '/usr/local/bin/node',
      })
      assert.deepEqual(await page.locator('.environment li').evaluateAll((items) => items.map(({ textContent }) => textContent)), [
        '+added: DATABASE_URL=postgres://localhost/harbour_test',
        '+added: PORT=0',
        '±changed: NODE_ENV=test',
        '−removed: CI',
      ])
      await row(page, /^node.*mocha/).click({ position: { x: 200, y: 10 } })
      assert.match(await detailText(page), /Options of Node\s+--enable-source-maps/)
    }))

  it('give the command to the clipboard', () =>
    withPage(small, { permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
      await row(page, /^sh -c/).click({ position: { x: 200, y: 10 } })
      await page.getByRole('button', { name: 'Copy the command' }).click()
      await page.getByRole('button', { name: 'Copied' }).waitFor()
      assert.equal(
        await page.evaluate(() => navigator.clipboard.readText()),
        `sh -c 'npm run lint && npm run build && mocha --parallel "test/**/*.test.js"'`,
      )
    }))

  it('are closed by their button', () =>
    withPage(small, {}, async (page) => {
      await row(page, /^sh -c/).click({ position: { x: 200, y: 10 } })
      await page.getByRole('button', { name: 'Close the details' }).click()
      assert.equal(await page.locator('#detail').isVisible(), false)
      assert.match(await focused(page), /^sh/)
    }))
})

describe('hostile texts', () => {
  it('stay text in rows, details, totals and the title', () =>
    withPage(hostileTree(), { title: hostileTexts.join(' ') }, async (page) => {
      await page.getByText('Not all could be read').click()
      const count = await page.locator('[role=treeitem]').count()
      assert.equal(count, hostileTexts.length + 3)
      for (let index = 0; index < count; index++) {
        await page
          .locator('[role=treeitem]')
          .nth(index)
          .click({ position: { x: 100, y: 10 } })
        assert.equal(await page.locator('#detail').isVisible(), true)
      }
      await picture(page, 'hostile')
      const foreign = await page.evaluate(() => ({
        elements: document.querySelectorAll('img, iframe, object, embed, base, link, a:not(#skip)').length,
        scripts: document.scripts.length,
        styles: document.querySelectorAll('style').length,
        handlers: [...document.querySelectorAll('*')].filter((element) => element.getAttributeNames().some((name) => name.startsWith('on')))
          .length,
      }))
      assert.deepEqual(foreign, { elements: 0, scripts: 2, styles: 1, handlers: 0 })
      assert.deepEqual(await accessibilityFaults(page), [])
    }))

  it('are shown whole, argument by argument, with what is hidden written out', () =>
    withPage(hostileTree(), {}, async (page) => {
      await page
        .locator('[role=treeitem]')
        .first()
        .click({ position: { x: 100, y: 10 } })
      const shown = await page
        .locator('.arguments')
        .first()
        .locator('li')
        .evaluateAll((items) => items.map(({ textContent }) => textContent))
      assert.equal(shown.length, hostileTexts.length + 1)
      for (const text of hostileTexts.filter((each) => /^[\x20-\x7e]+$/.test(each))) assert.ok(shown.includes(text), text)
      assert.ok(shown.includes('\\u{202e}gnp.exe\\u{202c} \\u{2066}isolate\\u{2069}'))
      assert.ok(shown.includes('lone \\u{d800} and \\u{dfff}, reversed \\u{dc00}\\u{d800}'))
      assert.ok(shown.every((text) => !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text)))
    }))

  it('of a million characters are shown in part, and whole when asked', () =>
    withPage(hostileTree(), {}, async (page) => {
      await row(page, /^node x+…x+/).click({ position: { x: 100, y: 10 } })
      const argument = page.locator('.arguments li').nth(1)
      assert.ok((await argument.innerText()).length < 2100)
      await argument.getByRole('button', { name: '1,000,000 characters, show all' }).click()
      assert.equal((await argument.textContent()).length, 1_000_000)
    }))
})

describe('5,000 processes', () => {
  it('paint within a second, and scroll, zoom and search without long pauses', () =>
    withPage(large, { title: 'npm run ci' }, async (page) => {
      const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime)
      const ready = await page.evaluate(() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd)
      assert.ok(Math.max(paint, ready) < 1000, `painted after ${paint} ms, ready after ${ready} ms`)
      await picture(page, 'large-light')
      const rows = await rowCount(page)
      assert.ok(rows > 1000, `${rows} rows`)
      assert.ok((await page.locator('.row').count()) < 80, 'only what is in sight is in the document')
      // Time of the processor, not of the clock: the machine may be busy with other things.
      const session = await page.context().newCDPSession(page)
      await session.send('Performance.enable', { timeDomain: 'threadTicks' })
      const processorTime = async () => {
        const { metrics } = await session.send('Performance.getMetrics')
        return metrics.find(({ name }) => name === 'TaskDuration').value * 1000
      }
      console.log(`5,000 processes: first paint after ${Math.round(paint)} ms, ready after ${Math.round(ready)} ms`)
      for (const what of ['scrolling', 'zooming', 'searching']) {
        const before = await processorTime()
        const { frames, typical, longest } = await page.evaluate(measure, what)
        const each = ((await processorTime()) - before) / frames
        console.log(`  ${what}: a frame takes ${each.toFixed(1)} ms of the processor; of the clock ${typical} ms, ${longest} ms at most`)
        assert.ok(each < 25, `${what}: a frame takes ${each} ms`)
      }
    }))

  it('keep the row that has the keyboard, and its place', () =>
    withPage(large, {}, async (page) => {
      await press(page, 'Tab', 'Enter', 'ArrowDown')
      const before = await focused(page)
      await page.locator('#tree').evaluate((element) => {
        element.scrollTop = 20_000
      })
      await page.waitForFunction(
        () => document.querySelector('.row').style.top === '26px' && document.querySelectorAll('.row')[1].offsetTop > 19_000,
      )
      assert.equal(await focused(page), before)
      const rows = await readRows(page)
      for (const { position, size } of rows) assert.ok(position >= 1 && position <= size)
      await press(page, 'End')
      const last = await page.locator('#tree').evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop)
      assert.ok(last < 30, `${last} pixels from the end`)
      assert.equal(await page.locator('.row:focus').count(), 1)
      assert.deepEqual(await accessibilityFaults(page), [])
    }))

  it('are searched, all of them', () =>
    withPage(large, {}, async (page) => {
      await page.getByRole('searchbox').fill('.test.js')
      const expected = everyProcess(large.roots).filter(({ command }) => command.some((part) => part.includes('.test.js'))).length
      assert.equal(await page.locator('#count').innerText(), `1 of ${expected}`)
      await press(page, 'Shift+Enter')
      assert.equal(await page.locator('#count').innerText(), `${expected} of ${expected}`)
      assert.equal(await page.locator('.row.current').count(), 1)
      await page.getByRole('button', { name: 'Collapse all' }).click()
      assert.ok((await rowCount(page)) < 60)
      await page.getByRole('button', { name: 'Expand all' }).click()
      const rows = await rowCount(page)
      assert.ok(rows >= 5000)
    }))

  it('may lie one below the other', () =>
    withPage(chain(1000), {}, async (page) => {
      await press(page, 'Tab', 'Enter', 'End')
      assert.match(await focused(page), /--level=999/)
      assert.equal(await page.locator('.row:focus').getAttribute('aria-level'), '1000')
    }))
})

describe('for everyone', () => {
  for (const colorScheme of ['light', 'dark']) {
    for (const [name, size] of Object.entries(sizes)) {
      it(`${colorScheme}, ${name}: axe finds nothing`, () =>
        withPage(small, { colorScheme, size }, async (page) => {
          await picture(page, `small-${colorScheme}-${name}`)
          assert.deepEqual(await accessibilityFaults(page), [])
          await page.getByRole('searchbox').fill('is:failed')
          await row(page, /checkout/).click({ position: { x: 180, y: 10 } })
          await picture(page, `small-${colorScheme}-${name}-details`)
          assert.deepEqual(await accessibilityFaults(page), [])
          const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
          assert.ok(!(scrollWidth > clientWidth), `no scrolling sideways: ${scrollWidth} in ${clientWidth}`)
        }))
    }

    it(`${colorScheme}: what is drawn can be told from the ground, 3 to 1`, () =>
      withPage(small, { colorScheme }, async (page) => {
        const contrasts = await page.evaluate(contrastsOf)
        for (const [name, contrast] of Object.entries(contrasts)) assert.ok(contrast >= 3, `${name}: ${contrast.toFixed(2)}`)
      }))
  }

  it('the large one, dark', () => withPage(large, { title: 'npm run ci', colorScheme: 'dark' }, (page) => picture(page, 'large-dark')))

  it('the theme can be chosen, and is remembered', () =>
    withPage(small, { colorScheme: 'light' }, async (page) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      const light = await ground()
      const button = page.getByRole('button', { name: /^Theme/ })
      await button.click()
      assert.equal(await ground(), light)
      await button.click()
      assert.equal(await button.innerText(), 'Theme: dark')
      const dark = await ground()
      assert.notEqual(dark, light)
      await page.reload()
      assert.equal(await ground(), dark)
    }))

  it('in the colours of the system', () =>
    withPage(small, { forcedColors: 'active' }, async (page) => {
      await row(page, /checkout/).click({ position: { x: 180, y: 10 } })
      await picture(page, 'small-forced-colors')
      assert.deepEqual(await accessibilityFaults(page), [])
    }))

  it('with more contrast, and without motion', () =>
    withPage(small, { contrast: 'more' }, async (page) => {
      assert.deepEqual(await accessibilityFaults(page), [])
      const durations = await page.evaluate(() =>
        [...document.querySelectorAll('*')].map((element) => getComputedStyle(element).transitionDuration),
      )
      assert.deepEqual([...new Set(durations)], ['0s'])
    }))

  it('on paper: every row, in light colours, to the end of the page', () =>
    withPage(largeTree(300), { colorScheme: 'dark' }, async (page) => {
      const inDocument = await page.locator('.row').count()
      const rows = await rowCount(page)
      assert.ok(rows > inDocument)
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
      await page.emulateMedia({ media: 'print' })
      assert.equal(await page.locator('.row').count(), rows)
      assert.equal(await rowCount(page), rows, 'one below the other')
      assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)')
      const { right } = await barOf(page, /^node scripts.check-links.mjs --job=1,/)
      assert.ok(right > 500 && right < 1030, `the bars end at ${right}`)
      await page.emulateMedia({ media: 'screen' })
      await page.evaluate(() => dispatchEvent(new Event('afterprint')))
      assert.equal(await page.locator('.row').count(), inDocument)
    }))
})

/** A process that starts one that starts one. */
function chain(length) {
  let draft
  for (let level = length - 1; level >= 0; level--) {
    draft = {
      command: ['node', 'next.js', `--level=${level}`],
      start: level,
      end: 2 * length - level,
      children: draft === undefined ? [] : [draft],
    }
  }
  return makeTree([draft])
}

/** Runs in the page: how long frames take while it is scrolled or zoomed, or something is typed. */
async function measure(what) {
  const tree = document.getElementById('tree')
  const bars = document.getElementById('axis').getBoundingClientRect()
  const query = document.getElementById('query')
  const wheel = (deltaY) =>
    new WheelEvent('wheel', { deltaY, ctrlKey: true, bubbles: true, cancelable: true, clientX: bars.left + 200, clientY: bars.top + 90 })
  const acts = {
    scrolling: [
      100,
      (index) => {
        tree.scrollTop = index * 400
      },
    ],
    zooming: [60, (index) => tree.dispatchEvent(wheel(index < 30 ? -60 : 60))],
    searching: [
      12,
      (index) => {
        query.value = 'node test/case-1'.slice(0, 4 + index)
        query.dispatchEvent(new Event('input'))
      },
    ],
  }
  const [frames, act] = acts[what]
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const times = []
  await frame()
  for (let index = 0; index < frames; index++) {
    const start = performance.now()
    act(index)
    await frame()
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  return { frames, typical: Math.round(times[Math.floor(frames / 2)]), longest: Math.round(times.at(-1)) }
}

/** Runs in the page: the contrast of each kind of bar and sign with the ground. */
function contrastsOf() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const luminance = (color) => {
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => {
      const share = value / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const ground = luminance(getComputedStyle(document.body).backgroundColor)
  const contrast = (color) => {
    const other = luminance(color)
    return (Math.max(ground, other) + 0.05) / (Math.min(ground, other) + 0.05)
  }
  const kinds = {
    '.bar.node': 'fill',
    '.bar.program': 'stroke',
    '.bar.worker': 'fill',
    '.bar.escaped': 'stroke',
    '.cross': 'stroke',
    '.cap': 'fill',
    '.slowest': 'fill',
    '.failures': 'stroke',
    '.twisty path': 'stroke',
  }
  return Object.fromEntries(
    Object.entries(kinds).map(([selector, property]) => [selector, contrast(getComputedStyle(document.querySelector(selector))[property])]),
  )
}
