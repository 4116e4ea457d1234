import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { PARKED_METER } from './scene/seed.ts'

const PAGES: { readonly [name: string]: string } = {
  overview: '#/overview',
  incidents: '#/incidents',
  alerts: '#/alerts',
  performance: '#/performance',
  activity: '#/activity',
  projections: '#/projections',
  projection: '#/projections/area-meters/2',
  parked: '#/parked',
  sequence: `#/parked/meter-totals/1/${PARKED_METER}`,
  streams: '#/streams',
  stream: `#/streams/meter%3A${PARKED_METER}`,
  storage: '#/storage',
}

const WIDTHS = { usual: 1280, phone: 360, wide: 2560 }

/** Takes pictures of every page in both themes, and of the overview at its least and its greatest width. */
export async function takePictures(browser: Browser, link: string, folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true })
  const paths: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    const viewport = { width: WIDTHS.usual, height: 800 }
    const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' })
    await page.goto(link)
    const take = async (name: string) => {
      const path = join(folder, `${name}-${colorScheme}.png`)
      await page.screenshot({ path })
      paths.push(path)
    }
    for (const [name, address] of Object.entries(PAGES)) {
      await show(page, address)
      if (name === 'sequence') await showReplay(page)
      await take(name)
    }
    await show(page, PAGES.incidents ?? '')
    await page.locator('main a[href^="#/incidents/"]').first().click()
    await settle(page)
    await take('incident')
    await show(page, PAGES.overview ?? '')
    for (const [name, width] of Object.entries(WIDTHS)) {
      await page.setViewportSize({ width, height: 800 })
      if (width !== WIDTHS.usual) await take(`overview-${name}`)
    }
    await page.close()
  }
  return paths
}

async function show(page: Page, address: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(address)}`)
  await settle(page)
}

async function showReplay(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Show what a replay would change' }).click()
  await page.getByText('What a replay would change', { exact: true }).waitFor({ timeout: 10_000 })
}

/** Waits until what the page waits for is there, and drawn. */
async function settle(page: Page): Promise<void> {
  await page.locator('#page-title').waitFor()
  await page
    .getByText(/Waiting for data|Loading …/)
    .first()
    .waitFor({ state: 'detached', timeout: 10_000 })
    .catch(() => {})
  await page.evaluate('new Promise((drawn) => setTimeout(() => requestAnimationFrame(drawn), 400))')
}
