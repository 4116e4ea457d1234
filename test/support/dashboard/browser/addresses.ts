import type { Page } from 'playwright-core'
import { until } from '../../projecting/until.ts'

/** An address on every page of the fake dashboard, and on each of its kinds of details. */
export const ADDRESSES = [
  '#/overview',
  '#/incidents',
  '#/incidents/inc-7',
  '#/alerts',
  '#/performance',
  '#/activity',
  '#/projections',
  '#/projections/meter-overview/3',
  '#/projections/invoices/1',
  '#/parked',
  '#/parked/meter-overview/3/meter-EM-1',
  '#/streams',
  '#/streams?category=meter',
  '#/streams/meter%3AEM-1?event=119',
  '#/storage',
  '#/integrity',
  '#/privacy',
  '#/rules',
]

/** Goes to an address within the dashboard, and waits until everything on it has been received. */
export async function goTo(page: Page, address: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(address)}`)
  await settle(page)
}

/** Waits until nothing on the page is waited for any more. */
const settle = (page: Page): Promise<void> =>
  until(
    'the page is complete',
    () =>
      page.evaluate<boolean>(`(() => {
        const main = document.querySelector('main')
        return main !== null && main.querySelector('#page-title') !== null &&
          main.querySelector('.panel, .tiles, .empty') !== null && !/Waiting for|Loading …/.test(main.innerText)
      })()`),
    20_000,
  )
