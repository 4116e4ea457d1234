import { expect, test } from 'vitest'
import { telemetrySink } from '../../../../src/core/telemetry/telemetry-sink.ts'
import { OPERATOR, serveForTest, VIEWER } from './serving.ts'

const scrape = async () => 'requests_total 1\n'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

test('whoever may view may read the metrics, and no one else', async () => {
  await using dashboard = await serveForTest({ scrape, readOnly: true })
  for (const token of [VIEWER, OPERATOR]) {
    const response = await dashboard.get('/metrics', bearer(token))
    expect([response.status, await response.text()]).toEqual([200, 'requests_total 1\n'])
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  }
  expect((await dashboard.get('/metrics')).status).toBe(401)
  expect((await dashboard.get('/metrics', bearer(`${VIEWER}-`))).status).toBe(401)
})

test('the metrics are below the path of the dashboard, and those of its charts stay where they are', async () => {
  await using dashboard = await serveForTest({ scrape })
  expect((await dashboard.get('/operations/metrics', bearer(VIEWER))).status).toBe(200)
  const charts = await dashboard.get('/api/metrics', bearer(VIEWER))
  expect(charts.headers.get('content-type')).toContain('application/problem+json')
})

test('a dashboard that measures for no one has no metrics', async () => {
  await using dashboard = await serveForTest()
  expect((await dashboard.get('/metrics', bearer(OPERATOR))).status).toBe(404)
})

test('metrics that cannot be collected are an error without its message', async () => {
  await using dashboard = await serveForTest({ scrape: () => Promise.reject(new Error('secret')) })
  const response = await dashboard.get('/metrics', bearer(VIEWER))
  expect([response.status, await response.text()]).toEqual([500, 'The metrics cannot be collected\n'])
})

test('requests are measured by the templates of their paths, those that are refused as well', async () => {
  const sink = telemetrySink()
  await using dashboard = await serveForTest({ scrape, telemetry: sink.telemetry })
  await dashboard.get('/metrics', bearer(VIEWER))
  await dashboard.get('/api/streams/secret-id')
  await dashboard.get('/nothing')
  const measured: unknown[] = []
  const collect = async () => {
    const { timers } = await sink.collect()
    measured.push(...timers.map(({ attributes: of }) => [of['http.route'], of['http.response.status_code']]))
    return measured
  }
  await expect.poll(collect).toEqual([
    ['/metrics', 200],
    ['/api/streams/:id', 401],
    [undefined, 404],
  ])
})
