import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../../support/browser/chromium.ts'
import { launch, openTab, openWatched } from '../../support/dashboard/browser/watched-page.ts'
import { startFakeDashboard } from '../../support/dashboard/fake-dashboard.ts'
import { until } from '../../support/projecting/until.ts'

const executablePath = findChromium()
const TABS = 7

describe.skipIf(executablePath === undefined)('tabs of one browser', { timeout: 120_000 }, () => {
  let browser: Browser
  let fake: Awaited<ReturnType<typeof startFakeDashboard>>
  beforeAll(async () => {
    fake = await startFakeDashboard({ ranges: 8 })
    browser = await launch(executablePath ?? '')
  })
  afterAll(async () => {
    await browser?.close()
    await fake?.close()
  })

  const say = (reason: string) =>
    fake.live.set('overview', { now: { ...(fake.tables.overview.now ?? raise()), reason } })

  it('share one stream, and go on by another one when the tab that held it is closed', async () => {
    const first = await openWatched(browser, fake.link)
    const others = []
    while (others.length < TABS - 1) others.push(await openTab(first.page.context(), `${fake.url}#/overview`))
    await until('only one stream is open', () => fake.live.count() === 1)

    say('All seven tabs are told')
    for (const { page } of [first, ...others]) await page.getByText('All seven tabs are told').first().waitFor()
    expect(fake.live.count()).toBe(1)

    await first.page.close()
    await until('another tab holds the stream', () => fake.live.count() === 1, 20_000)
    say('The six that are left are told')
    for (const { page } of others) await page.getByText('The six that are left are told').first().waitFor()
    expect(fake.live.count()).toBe(1)
    expect([first, ...others].flatMap(({ faults }) => faults)).toEqual([])
    await first.page.context().close()
  })

  it('turn grey together when the server falls silent, and are live again when it answers', async () => {
    const first = await openWatched(browser, fake.link)
    const second = await openTab(first.page.context(), `${fake.url}#/alerts`)
    const pages = [first.page, second.page]
    for (const page of pages) await page.locator('html:not([data-stale])').waitFor()
    fake.pause(true)
    for (const page of pages) {
      await page.locator('html[data-stale]').waitFor({ timeout: 40_000 })
      await page.getByText(/No data since \d/).waitFor()
    }
    fake.pause(false)
    for (const page of pages) {
      await page.locator('html:not([data-stale])').waitFor({ timeout: 40_000 })
      await page.getByText(/No data since \d/).waitFor({ state: 'detached' })
    }
    await first.page.context().close()
  })
})

function raise(): never {
  throw new Error('The overview is missing.')
}
