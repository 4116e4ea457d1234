import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { startTelemetry } from '../../../src/process/start-telemetry.ts'

const module = new URL('../../../src/process/start-telemetry.ts', import.meta.url).href

it('without a reader nothing can be scraped, and what is measured goes to the providers of OpenTelemetry', async () => {
  const { telemetry, scrape } = await startTelemetry('none', () => {})
  expect([typeof telemetry, scrape]).toEqual(['object', undefined])
})

it('for Prometheus, everything can be scraped until the process ends', async () => {
  const ends: (() => Promise<unknown>)[] = []
  const { telemetry, scrape } = await startTelemetry('prometheus', (end) => ends.push(end))
  telemetry?.count('tidemark.events.appended', 1, {})
  expect(await scrape?.()).toContain('tidemark_events_appended_total')
  for (const end of ends) await end()
  expect(ends).toHaveLength(1)
})

it('a process that Prometheus is to read does not start without the packages, and says which to install', () => {
  // Whatever is resolved there, OpenTelemetry is not installed.
  const start = `
    import Module from 'node:module'
    const resolve = Module._resolveFilename
    Module._resolveFilename = (name, ...rest) => {
      if (name.startsWith('@opentelemetry/')) throw Object.assign(new Error(name), { code: 'MODULE_NOT_FOUND' })
      return resolve(name, ...rest)
    }
    const { startTelemetry } = await import(${JSON.stringify(module)})
    await startTelemetry('prometheus', () => {}).catch(({ code, message }) => console.log(code, message))`
  const told = execFileSync(process.execPath, ['--input-type=module', '--eval', start], { encoding: 'utf8' })
  expect(told).toContain(
    'InvalidConfiguration METRICS: needs packages that are not installed: npm install @opentelemetry/',
  )
})
