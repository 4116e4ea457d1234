import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../../support/browser/chromium.ts'
import { ADDRESSES, goTo } from '../../support/dashboard/browser/addresses.ts'
import { launch, openWatched } from '../../support/dashboard/browser/watched-page.ts'
import { startFakeDashboard } from '../../support/dashboard/fake-dashboard.ts'
import { hostileTables } from '../../support/dashboard/hostile-tables.ts'

const executablePath = findChromium()

describe.skipIf(executablePath === undefined)('hostile texts', { timeout: 120_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch(executablePath ?? '')
  })
  afterAll(() => browser?.close())

  it('in every field of every page run nothing, lead nowhere and leave no page frozen', async () => {
    const fake = await startFakeDashboard({ ranges: 8, change: hostileTables })
    const { page, faults } = await openWatched(browser, fake.link)
    const links: string[] = []
    for (const address of [...ADDRESSES, '#/parked/long/1/k']) {
      await goTo(page, address)
      links.push(
        ...(await page
          .locator('a[href]')
          .evaluateAll((all) => all.map((link) => (link as unknown as { href: string }).href))),
      )
      expect(await page.locator('main script, main img, main b b').count()).toBe(0)
      expect(await page.title()).toMatch(/ · Tidemark$/)
    }
    expect(links.filter((href) => !href.startsWith(fake.url))).toEqual([])
    expect(faults).toEqual([])
    await page.context().close()
    await fake.close()
  })
})
