import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../../support/browser/chromium.ts'
import { ADDRESSES, goTo } from '../../support/dashboard/browser/addresses.ts'
import { launch, openWatched } from '../../support/dashboard/browser/watched-page.ts'
import { startFakeDashboard } from '../../support/dashboard/fake-dashboard.ts'

const executablePath = findChromium()

const WIDE = { width: 1280, height: 800 }
/** As the same window is at 200 % zoom. */
const ZOOMED = { width: 640, height: 400 }
const NARROW = { width: 360, height: 740 }

type Violation = { readonly id: string; readonly nodes: readonly { readonly html: string }[] }

describe.skipIf(executablePath === undefined)('every page of the dashboard', { timeout: 180_000 }, () => {
  let browser: Browser
  let fake: Awaited<ReturnType<typeof startFakeDashboard>>
  let axe: string
  beforeAll(async () => {
    axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
    fake = await startFakeDashboard({ ranges: 40 })
    browser = await launch(executablePath ?? '')
  })
  afterAll(async () => {
    await browser?.close()
    await fake?.close()
  })

  /** The rules of axe that a page breaks, with the elements that do. */
  async function violationsIn(page: Page): Promise<readonly string[]> {
    const violations = await page.evaluate<readonly Violation[]>(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
    )
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
  }

  it.for([
    ['light', [WIDE]],
    ['dark', [WIDE, ZOOMED]],
  ] as const)('breaks no rule of axe in %s', async ([colorScheme, viewports]) => {
    const { page, faults } = await openWatched(browser, fake.link, { colorScheme, bypassCSP: true })
    await page.evaluate(axe)
    const found: { [place: string]: readonly string[] } = {}
    for (const address of ADDRESSES) {
      for (const viewport of viewports) {
        await page.setViewportSize(viewport)
        await goTo(page, address)
        const violations = await violationsIn(page)
        if (violations.length > 0) found[`${address} at ${viewport.width}`] = violations
      }
    }
    expect(found).toEqual({})
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('is never wider than the window, at 200 % zoom and on a phone', async () => {
    const { page } = await openWatched(browser, fake.link)
    const wider: string[] = []
    for (const address of ADDRESSES) {
      for (const viewport of [ZOOMED, NARROW]) {
        await page.setViewportSize(viewport)
        await goTo(page, address)
        const by = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
        if (by > 0) wider.push(`${address} at ${viewport.width}: by ${by} px`)
      }
    }
    expect(wider).toEqual([])
    await page.context().close()
  })
})
