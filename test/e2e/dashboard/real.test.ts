import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kill, startProcesses, TOKENS } from '../../../scripts/screenshots/scene/processes.ts'
import { PARKED_METER, seed } from '../../../scripts/screenshots/scene/seed.ts'
import { findChromium } from '../../support/browser/chromium.ts'
import { launch, openTab, openWatched } from '../../support/dashboard/browser/watched-page.ts'
import { until } from '../../support/projecting/until.ts'

const executablePath = findChromium()

const SECONDS = 1000
/** A lease of a second ends, ranges are unowned for too long after two more, and that is seen within another two. */
const RED_WITHIN = 5 * SECONDS
/** For machines that do other things, too. */
const SLACK = 20 * SECONDS

describe.skipIf(executablePath === undefined)('a dashboard beside real processes', { timeout: 180_000 }, () => {
  let browser: Browser
  let folder: string
  let processes: ReturnType<typeof startProcesses>
  let worker: ChildProcess
  let dashboard: { readonly child: ChildProcess; readonly url: string }
  let page: Page
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-dashboard-'))
    const storage = `file:${join(folder, 'data')}`
    await seed(storage, 100)
    processes = startProcesses(storage)
    worker = processes.worker()
    dashboard = await processes.dashboard()
    browser = await launch(executablePath ?? '')
    ;({ page } = await openWatched(browser, `${dashboard.url}#${TOKENS.operator}`))
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await processes?.killAll()
    await rm(folder, { recursive: true, force: true })
  })

  const verdict = () => page.getByRole('region', { name: 'State of the system' })
  const count = (name: string) => page.locator(`nav a[href="#/${name}"] .count`)
  const goTo = (address: string) => page.evaluate(`location.hash = ${JSON.stringify(address)}`)
  const api = <T>(path: string) => page.evaluate<T>(`fetch('api/${path}').then((answer) => answer.json())`)
  /** Presses Tab until the focus is on something of that name. */
  async function tabTo(name: string): Promise<void> {
    for (let presses = 0; presses < 80; presses += 1) {
      const focused = await page.evaluate<string>('document.querySelector(":is(a, button):focus")?.innerText ?? ""')
      if (focused.includes(name)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`Nothing of the name "${name}" is reached by Tab.`)
  }

  it('leads a newcomer by keyboard alone from the overview to the cause, a dry run and a replay', async () => {
    await verdict().getByText('area-meters v2 is stalled on 1 of 4 ranges').waitFor({ timeout: SLACK })
    await tabTo('Fix the handler')
    await page.keyboard.press('Enter')
    await page.getByText('The area of meter:87000007 is not known').first().waitFor()
    await page.getByText('What to do').first().waitFor()

    await count('parked').waitFor({ timeout: SLACK })
    await page.keyboard.press('g')
    await page.keyboard.press('k')
    await page.locator('main').getByRole('link', { name: PARKED_METER }).waitFor()
    await tabTo(PARKED_METER)
    await page.keyboard.press('Enter')
    await page.getByText('A meter cannot have used 4096.5 kWh in a day').first().waitFor()
    await tabTo('Show what a replay would change')
    await page.keyboard.press('Enter')
    await page.getByRole('row', { name: '/kilowattHours' }).getByText('4142.5').waitFor({ timeout: SLACK })
    expect((await api<{ since: string }>(`parked/meter-totals/1/${PARKED_METER}`)).since).toBeDefined()

    await page.getByRole('button', { name: 'Replay …' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Tab')
    await tabTo('Replay')
    await page.keyboard.press('Enter')
    await count('parked').waitFor({ state: 'detached', timeout: SLACK })
    await goTo('#/activity')
    await page.getByText(new RegExp(`replayed meter-totals:1 ${PARKED_METER}$`)).waitFor({ timeout: SLACK })
  })

  it('offers a viewer nothing to change, and refuses what one asks for all the same', async () => {
    const { page: viewed } = await openWatched(browser, `${dashboard.url}#${TOKENS.viewer}`)
    await viewed.evaluate("location.hash = '#/projections/area-meters/2'")
    await viewed.getByText('The area of meter:87000007 is not known').first().waitFor()
    const enabled = viewed.locator('main button:enabled')
    expect(
      (await enabled.allTextContents()).filter((text) => /replay|drop|switch|rebuild|acknowledge/i.test(text)),
    ).toEqual([])
    const answer = await viewed.evaluate<{ status: number; code: string }>(
      `fetch('api/projections/area-meters/2/rebuild', {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}',
      }).then(async (answer) => ({ status: answer.status, code: (await answer.json()).code }))`,
    )
    expect(answer.status).toBe(403)
    await viewed.context().close()
  })

  it('is red soon after the worker was killed, opens an incident, and keeps it when it is killed itself', async () => {
    await goTo('#/overview')
    await kill(worker)
    const killed = Date.now()
    const red = page.locator('.verdict[data-tone="critical"]').filter({ hasText: /Down.*No worker owns/s })
    await red.waitFor({ timeout: RED_WITHIN + SLACK })
    console.info(`Red ${((Date.now() - killed) / SECONDS).toFixed(1)} s after the worker was killed`)
    type Rows = { readonly incidents: readonly { readonly id: string; readonly state: string }[] }
    const open = async () => (await api<Rows>('incidents')).incidents.filter(({ state }) => state !== 'resolved')
    await until('an incident is open', async () => (await open()).length > 0, SLACK)
    const before = (await open()).map(({ id }) => id)

    await kill(dashboard.child)
    dashboard = await processes.dashboard(Number(new URL(dashboard.url).port))
    await page.context().close()
    ;({ page } = await openWatched(browser, `${dashboard.url}#${TOKENS.operator}`))
    await until('the incident is known again', async () => (await open()).some(({ id }) => before.includes(id)), SLACK)

    await goTo('#/alerts')
    const unowned = page.getByRole('region', { name: 'Firing' }).getByText('RangeUnowned')
    await unowned.first().waitFor({ timeout: SLACK })
    worker = processes.worker()
    await until('no range is unowned', async () => (await unowned.count()) === 0, SLACK)
    await goTo('#/overview')
    await verdict().getByText('area-meters v2 is stalled').waitFor({ timeout: SLACK })
  })

  it('is grey in every tab while it is stopped, and live again after that', async () => {
    const second = await openTab(page.context(), `${dashboard.url}#/alerts`)
    const tabs = [page, second.page]
    for (const tab of tabs) await tab.locator('html:not([data-stale])').waitFor({ timeout: SLACK })
    dashboard.child.kill('SIGSTOP')
    try {
      for (const tab of tabs) {
        await tab.locator('html[data-stale]').waitFor({ timeout: 15 * SECONDS + SLACK })
        await tab.getByText(/No data since \d/).waitFor()
      }
    } finally {
      dashboard.child.kill('SIGCONT')
    }
    for (const tab of tabs) await tab.locator('html:not([data-stale])').waitFor({ timeout: 15 * SECONDS + SLACK })
  })
})
