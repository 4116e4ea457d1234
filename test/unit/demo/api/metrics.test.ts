import { expect, it } from 'vitest'
import { telemetrySink } from '../../../../src/core/telemetry/telemetry-sink.ts'
import { build } from '../../../../src/demo/api/build.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../src/views/with-views.ts'

it('requests are measured by route, refused ones included, and shown to Prometheus', async () => {
  await using port = openMemory()
  const { telemetry, collect } = telemetrySink()
  const api = await build({ storage: withViews(port), telemetry, scrape: async () => 'a 1\n' })
  const url = await api.listen({ host: '127.0.0.1', port: 0 })
  const shown = await fetch(`${url}/metrics`)
  expect([shown.headers.get('content-type'), await shown.text()]).toEqual([
    'text/plain; version=0.0.4; charset=utf-8',
    'a 1\n',
  ])
  await fetch(`${url}/meters/none`)
  await fetch(`${url}/nowhere`)
  await fetch(`${url}/health`, { headers: { origin: 'http://evil.example' } })
  await api.close()
  const routes = (await collect()).timers
    .filter(({ timer }) => timer === 'http.server.request.duration')
    .map(({ attributes }) => [attributes['http.route'], attributes['http.response.status_code']])
  expect(routes).toEqual([
    ['/metrics', 200],
    ['/meters/:id', 404],
    [undefined, 404],
    ['/health', 403],
  ])
})

it('without a reader there is nothing to show', async () => {
  await using port = openMemory()
  const api = await build({ storage: withViews(port) })
  expect((await api.inject('/metrics')).statusCode).toBe(404)
  await api.close()
})
