// Takes pictures of every page of the dashboard, of a demo that it starts: `npm run screenshots -- --out <folder>`.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { takePictures } from './pictures.ts'
import { kill, startProcesses, TOKENS } from './scene/processes.ts'
import { seed } from './scene/seed.ts'

const ENDS_WITHIN = 90_000
const METERS = 300

const { out } = parseArgs({ options: { out: { type: 'string', default: '.screenshots' } } }).values
const folder = await mkdtemp(join(tmpdir(), 'tidemark-screenshots-'))
const storage = `file:${join(folder, 'data')}`
const processes = startProcesses(storage)
const deadline = setTimeout(() => {
  console.error(`The pictures were not taken within ${ENDS_WITHIN / 1000} s.`)
  processes.killAll().finally(() => process.exit(1))
}, ENDS_WITHIN)
try {
  await seed(storage, METERS)
  processes.worker()
  const other = processes.worker()
  const { url } = await processes.dashboard()
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' })
  const page = await browser.newPage()
  await page.goto(`${url}#${TOKENS.operator}`)
  const count = (name: string) => page.locator(`nav a[href="#/${name}"] .count`).waitFor({ timeout: 40_000 })
  await count('parked')
  await count('incidents')
  await kill(other)
  await page.locator('main').getByText('lost', { exact: true }).first().waitFor({ timeout: 40_000 })
  await page.close()
  for (const path of await takePictures(browser, `${url}#${TOKENS.operator}`, out)) console.log(path)
  await browser.close()
} finally {
  clearTimeout(deadline)
  await processes.killAll()
  await rm(folder, { recursive: true, force: true })
}
