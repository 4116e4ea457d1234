import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { afterEach, expect, it } from 'vitest'
import { type Scraping, startScraping } from '../../../../src/opentelemetry/prometheus/start-scraping.ts'

const started: Scraping[] = []
afterEach(async () => {
  metrics.disable()
  for (const one of started.splice(0)) await one.close()
})

function scraping(): Scraping {
  const one = startScraping()
  started.push(one)
  return one
}

const seriesOf = (text: string, name: string) => text.split('\n').filter((line) => line.startsWith(name))

it('counters, timers, histograms and gauges are printed with their units and attributes', async () => {
  const { telemetry, scrape } = scraping()
  telemetry.count('tidemark.events.appended', 2, { 'tidemark.category': 'a "b"' })
  telemetry.count('tidemark.events.appended', 3, { 'tidemark.category': 'a "b"' })
  telemetry.time('tidemark.append.duration', {})({ 'tidemark.category': 's' })
  telemetry.record('azure.cosmosdb.client.operation.request_charge', 7, {})
  telemetry.observe(async () => [{ gauge: 'tidemark.range.oldest', value: 1.5, attributes: { 'tidemark.version': 2 } }])
  const text = await scrape()
  const scope = 'otel_scope_name="tidemark"'
  expect(text).toContain(`tidemark_events_appended_total{tidemark_category="a \\"b\\"",${scope}} 5\n`)
  expect(text).toContain(`tidemark_append_duration_seconds_count{tidemark_category="s",${scope}} 1\n`)
  expect(text).toContain(`tidemark_range_oldest_seconds{tidemark_version="2",${scope}} 1.5\n`)
  const buckets = seriesOf(text, 'azure_cosmosdb_client_operation_request_charge_bucket')
  expect(buckets.map((line) => /le="([^"]+)"\} (\d+)/.exec(line)?.slice(1))).toEqual([
    ...['1', '5'].map((le) => [le, '0']),
    ...['10', '25', '50', '100', '250', '500', '1000', '+Inf'].map((le) => [le, '1']),
  ])
})

it('a gauge that cannot be read is left out, and the rest is printed', async () => {
  const { telemetry, scrape } = scraping()
  telemetry.count('tidemark.events.appended', 1, {})
  telemetry.observe(() => Promise.reject(new Error('away')))
  expect(seriesOf(await scrape(), 'tidemark_events_appended_total')).toHaveLength(1)
})

it('a gauge has only the values that it has now, such as those of the ranges that are still owned', async () => {
  const { telemetry, scrape } = scraping()
  let version = 1
  telemetry.observe(async () => [
    { gauge: 'tidemark.range.behind', value: version, attributes: { 'tidemark.version': version } },
  ])
  const values = async () => seriesOf(await scrape(), 'tidemark_range_behind{').map((line) => line.at(-1))
  expect([await values(), await values()]).toEqual([['1'], ['1']])
  version = 2
  expect(await values()).toEqual(['2'])
})

it('counters keep growing from one scrape to the next', async () => {
  const { telemetry, scrape } = scraping()
  for (const expected of ['1', '2', '3']) {
    telemetry.count('tidemark.events.appended', 1, {})
    expect(seriesOf(await scrape(), 'tidemark_events_appended_total')[0]?.at(-1)).toBe(expected)
  }
})

it('gauges end with the returned function', async () => {
  const { telemetry, scrape } = scraping()
  const end = telemetry.observe(async () => [{ gauge: 'tidemark.chain.size', value: 1, attributes: {} }])
  expect(seriesOf(await scrape(), 'tidemark_chain_size')).toHaveLength(1)
  end()
  expect(seriesOf(await scrape(), 'tidemark_chain_size')).toHaveLength(0)
})

it('a provider that is registered globally gets the same', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  metrics.setGlobalMeterProvider(provider)
  const { telemetry, scrape } = scraping()
  telemetry.count('tidemark.events.appended', 1, {})
  telemetry.time('tidemark.append.duration', {})()
  telemetry.record('azure.cosmosdb.client.operation.request_charge', 7, {})
  const end = telemetry.observe(async () => [{ gauge: 'tidemark.chain.size', value: 1, attributes: {} }])
  await reader.forceFlush()
  const exported = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
  expect(new Set(exported.map(({ descriptor }) => descriptor.name))).toEqual(
    new Set([
      'tidemark.events.appended',
      'tidemark.append.duration',
      'azure.cosmosdb.client.operation.request_charge',
      'tidemark.chain.size',
    ]),
  )
  expect(seriesOf(await scrape(), 'tidemark_events_appended_total')).toHaveLength(1)
  end()
  await provider.shutdown()
})
