import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import meterOverview from '../../../projections/meter-overview.ts'
import { build } from '../../../src/demo/api/build.ts'
import { openMeters } from '../../../src/demo/domain/meters/meters.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { requestListener } from '../../../src/http/request-listener.ts'
import { eventStreams } from '../../../src/http/streams/event-streams.ts'
import { listen } from '../../../src/process/listen.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { findChromium } from '../../support/browser/chromium.ts'
import { connectionsOf } from '../../support/http/servers.ts'
import { until as untilNamed } from '../../support/projecting/until.ts'

const executablePath = findChromium()

const until = (holds: () => boolean | Promise<boolean>) => untilNamed('the browser got there', holds, 20_000)

const ending: (() => unknown)[] = []
const defer = <T>(value: T, end: (value: T) => unknown): T => {
  ending.push(() => end(value))
  return value
}
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

type Seen = { readonly id: string; readonly status: string }

/** Opens an EventSource in a page, and notes what it is given. */
async function watchIn(page: Page, path: string): Promise<void> {
  await page.evaluate((url) => {
    const scope = globalThis as unknown as { seen: unknown[]; source: EventTarget }
    const { EventSource } = globalThis as unknown as { EventSource: new (url: string) => EventTarget }
    scope.seen = []
    scope.source = new EventSource(url)
    scope.source.addEventListener('change', (event) => {
      const { lastEventId, data } = event as unknown as { lastEventId: string; data: string }
      scope.seen.push({ id: lastEventId, status: JSON.parse(data).meter?.status ?? data })
    })
  }, path)
}

const seenIn = (page: Page): Promise<Seen[]> => page.evaluate(() => (globalThis as unknown as { seen: Seen[] }).seen)

describe.skipIf(executablePath === undefined)('EventSource in chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ ...(executablePath && { executablePath }) })
  })
  afterAll(() => browser?.close())

  it('is given the changes of a meter, and resumes by Last-Event-ID when the server is back', {
    timeout: 120_000,
  }, async () => {
    const folder = defer(await mkdtemp(join(tmpdir(), 'tidemark-browser-')), (path) => rm(path, { recursive: true }))
    const storage = defer(await openEmbedded(folder), (opened) => opened.close())
    defer(await startProcessor(storage, [meterOverview]), (processor) => processor.stop())
    const meters = openMeters(storage)
    const resumed: (string | undefined)[] = []
    async function serve(port: number) {
      const api = await build({ storage })
      api.server.on('request', ({ url, headers }) => {
        if (url === '/meters/m/changes') resumed.push(headers['last-event-id'] as string | undefined)
      })
      return { api, url: await api.listen({ host: '127.0.0.1', port }) }
    }
    let { api, url } = await serve(0)
    defer(null, () => api.close())
    const port = Number(new URL(url).port)
    await meters.register({ meterId: 'm', postalCode: '1012 AB', houseNumber: '7', activationCode: '542-484' })

    const page = await browser.newPage()
    await page.goto(`${url}/docs`)
    await watchIn(page, '/meters/m/changes')
    await until(async () => (await seenIn(page)).at(-1)?.status === 'registered')
    await meters.activate({ meterId: 'm', activationCode: '542-484' })
    await until(async () => (await seenIn(page)).at(-1)?.status === 'active')

    // Changed while the server is away.
    await api.close()
    await meters.deregister('m')
    ;({ api } = await serve(port))
    await until(async () => (await seenIn(page)).at(-1)?.status === 'deregistered')

    // Nothing changed while the server is away.
    const connected = resumed.length
    await api.close()
    ;({ api } = await serve(port))
    await until(() => resumed.length > connected)
    await sleep(300)
    const seen = await seenIn(page)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length)
    expect(seen.slice(-3).map(({ status }) => status)).toEqual(['registered', 'active', 'deregistered'])
    expect(resumed.at(0)).toBeUndefined()
    expect(resumed.at(-1)).toBe(seen.at(-1)?.id)
    expect(resumed).toContain(seen.at(-2)?.id)

    await page.close()
    await until(async () => (await connectionsOf(api.server)) === 0)
  })

  it('leaves no connection of node:http behind when its pages are closed', { timeout: 60_000 }, async () => {
    const streams = eventStreams()
    const forever = {
      [Symbol.asyncIterator]() {
        const over = Promise.withResolvers<IteratorResult<never>>()
        let begun = false
        return {
          async next() {
            if (begun) return over.promise
            begun = true
            return { done: false as const, value: { view: { n: 1 }, digest: 'one' } }
          },
          async return() {
            over.resolve({ done: true, value: undefined })
            return { done: true as const, value: undefined }
          },
        }
      },
    }
    const server = createServer(
      requestListener((request, response) => {
        if (request.url === '/changes') return streams.serve(request, response, forever)
        return response.setHeader('content-type', 'text/html').end('<!doctype html><title>Changes</title>')
      }),
    )
    const url = await listen(server, { host: '127.0.0.1', port: 0 }, 'PORT')
    defer(server, (one) => {
      streams.close()
      one.close()
    })
    const context = await browser.newContext()
    const pages = await Promise.all([1, 2, 3].map(() => context.newPage()))
    for (const page of pages) {
      await page.goto(url)
      await watchIn(page, '/changes')
      await until(async () => (await seenIn(page)).length === 1)
    }
    expect(streams.size).toBe(3)
    await pages[0]?.close()
    await until(() => streams.size === 2)
    // A page that goes elsewhere is over, too.
    await pages[1]?.goto('about:blank')
    await until(() => streams.size === 1)
    await context.close()
    await until(async () => streams.size === 0 && (await connectionsOf(server)) === 0)
  })
})
