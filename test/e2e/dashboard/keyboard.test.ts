import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../../support/browser/chromium.ts'
import { launch, openWatched } from '../../support/dashboard/browser/watched-page.ts'
import { startFakeDashboard } from '../../support/dashboard/fake-dashboard.ts'
import { until } from '../../support/projecting/until.ts'

const executablePath = findChromium()

describe.skipIf(executablePath === undefined)('the keyboard', { timeout: 120_000 }, () => {
  let browser: Browser
  let fake: Awaited<ReturnType<typeof startFakeDashboard>>
  beforeAll(async () => {
    fake = await startFakeDashboard({ ranges: 40 })
    browser = await launch(executablePath ?? '')
  })
  afterAll(async () => {
    await browser?.close()
    await fake?.close()
  })

  const titled = (page: Page, title: string) =>
    until(`the page "${title}" is shown`, async () => (await page.title()).startsWith(`(1) ${title} ·`), 20_000)
  const openDialogs = (page: Page) => page.evaluate<number>("document.querySelectorAll('dialog[open]').length")

  it('opens each page by g and the letter that the list behind ? names for it', async () => {
    const { page, faults } = await openWatched(browser, fake.link)
    await page.keyboard.press('?')
    const pairs = await page
      .locator('dialog.shortcuts dt')
      .evaluateAll((terms) =>
        terms.map((term) => [
          term.textContent,
          (term as unknown as { nextSibling: typeof term }).nextSibling.textContent,
        ]),
      )
    await page.keyboard.press('Escape')
    await until('the list is closed', async () => (await openDialogs(page)) === 0)
    const letters = pairs.flatMap(([keys, title]) => (keys?.startsWith('g ') ? [[keys.slice(2), title ?? '']] : []))
    expect(letters).toHaveLength(12)
    for (const [letter = '', title = ''] of letters.toReversed()) {
      await page.keyboard.press('g')
      await page.keyboard.press(letter)
      await titled(page, title)
    }
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('finds a projection by / and its name, and gives the focus back after Escape', async () => {
    const { page, faults } = await openWatched(browser, `${fake.url}#/projections`)
    await page.getByLabel('Token').fill(fake.token)
    await page.keyboard.press('Enter')
    await page.locator('.frame').waitFor()
    await page.locator('a.brand').focus()
    await page.keyboard.press('/')
    await page.getByRole('combobox').waitFor()
    await page.keyboard.press('Escape')
    await until('the search is closed', async () => (await openDialogs(page)) === 0)
    expect(await page.evaluate('document.activeElement.className')).toBe('brand')

    await page.keyboard.press('/')
    await page.keyboard.type('meter-overview')
    await page.getByRole('option', { name: 'meter-overview v3' }).waitFor()
    while (!(await page.getByRole('option', { selected: true }).textContent())?.startsWith('meter-overview v3')) {
      await page.keyboard.press('ArrowDown')
    }
    await page.keyboard.press('Enter')
    await until('the projection is shown', () => page.url().endsWith('#/projections/meter-overview/3'))
    expect(faults.filter((fault) => !fault.includes('401'))).toEqual([])
    await page.context().close()
  })

  it('goes from row to row by arrows, and follows a row by Enter', async () => {
    const { page } = await openWatched(browser, fake.link)
    await page.keyboard.press('g')
    await page.keyboard.press('k')
    const rows = page.locator('table.linked th a')
    await rows.first().waitFor()
    await rows.first().focus()
    await page.keyboard.press('ArrowDown')
    expect(await page.evaluate('document.activeElement.href')).toBe(
      await rows.nth(1).evaluate((row) => (row as unknown as { href: string }).href),
    )
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await until('the sequence is shown', () => page.url().includes('#/parked/'))
    await page.context().close()
  })

  it('reaches parked sequences that the page does not list by itself, a page at a time', async () => {
    const { page, faults } = await openWatched(browser, fake.link)
    await page.keyboard.press('g')
    await page.keyboard.press('k')
    await page.getByRole('link', { name: 'Show them' }).focus()
    await page.keyboard.press('Enter')
    const further = page.getByRole('table', { name: 'Further sequences' }).locator('th a')
    await until('the next two are listed', async () => (await further.count()) === 2)
    await page.getByRole('button', { name: 'Show more' }).focus()
    await page.keyboard.press('Enter')
    await until('all are listed', async () => (await further.count()) === 3)
    expect(await further.allTextContents()).toEqual(['meter-EM-7', 'meter-EM-8', 'meter-EM-9'])
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0)
    await further.last().focus()
    await page.keyboard.press('Enter')
    await until('the sequence is shown', () => page.url().endsWith('#/parked/meter-overview/3/meter-EM-9'))
    expect(faults.filter((fault) => !fault.includes('404'))).toEqual([])
    await page.context().close()
  })
})
