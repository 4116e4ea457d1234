import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Starts chromium without a window. */
export const launch = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--disable-dev-shm-usage'] })

/** A page of the dashboard, with everything that it should not have done so far. */
export type WatchedPage = { readonly page: Page; readonly faults: readonly string[] }

/** Opens a link in a context of its own: a browser that nobody is signed in with. */
export async function openWatched(
  browser: Browser,
  link: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  return openTab(await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options }), link)
}

/** Opens a link in one more tab of a browser. */
export async function openTab(context: BrowserContext, link: string): Promise<WatchedPage> {
  const page = await context.newPage()
  const faults: string[] = []
  const { origin } = new URL(link)
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`))
  page.on('dialog', (dialog) => {
    faults.push(`a script opened a dialog: ${dialog.message()}`)
    dialog.dismiss().catch(() => {})
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) faults.push(`left the origin: ${request.url()}`)
  })
  await page.addInitScript(`addEventListener('securitypolicyviolation', (event) => {
    console.error('policy violated: ' + event.violatedDirective + ' by ' + event.blockedURI)
  })`)
  await page.goto(link)
  await page.locator('h1').first().waitFor()
  return { page, faults }
}
