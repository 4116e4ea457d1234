import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { eventStore } from '../../src/core/events/event-store.ts'
import { METRICS } from '../../src/core/telemetry/telemetry.ts'
import { startScraping } from '../../src/opentelemetry/prometheus/start-scraping.ts'
import { startProcessor } from '../../src/processor/processor.ts'
import { openMemory } from '../../src/testing/memory/index.ts'
import { anchorsOf } from '../support/docs/anchors.ts'
import { printedMetrics } from '../support/monitoring/printed.ts'
import { namesIn } from '../support/monitoring/queries.ts'
import { untilCaughtUp } from '../support/projecting/until.ts'
import { events, perStream } from '../unit/processor/support.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

type Rule = {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
  readonly for?: string
  readonly labels?: { readonly severity?: string }
  readonly annotations?: { readonly summary?: string; readonly description?: string; readonly runbook_url?: string }
}
type Panel = {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly datasource?: { readonly type: string; readonly uid: string }
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[]
}
type Variable = { readonly name: string; readonly type: string; readonly query: string | { readonly query: string } }
type Board = {
  readonly schemaVersion: number
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly Variable[] }
}

const rules = (parse(read('prometheus/rules.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (one) => one.rules,
)
const alerts = rules.filter((rule) => rule.alert !== undefined)
const board = JSON.parse(read('grafana/tidemark.json')) as Board
const charts = board.panels.filter(({ type }) => type !== 'row')
const expressions = [
  ...rules.map(({ expr }) => expr),
  ...charts.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
].map((expression) => expression.replaceAll('$__rate_interval', '1m'))

const labelOf = (attribute: string): string => attribute.replaceAll(/\W/g, '_')

/** The attributes of each metric, as the guide lists them. */
const ATTRIBUTES: ReadonlyMap<string, readonly string[]> = new Map(
  [...read('docs/guides/run-the-worker.md').matchAll(/^\| `([\w.]+)` \| \S+ \| .* \| (.*?) ?\|$/gm)].map(
    ([, name = '', text = '']) => {
      const spelled = [...text.matchAll(/`([\w.]+)`/g)].map(([, attribute = '']) => labelOf(attribute))
      const plain = text
        .replaceAll(/`[^`]*`/g, '')
        .match(/\b(?:category|projection|version|change|operation|range|subscription|outcome|chain|anchor|fault)\b/g)
      const named = (plain ?? []).map((word) => (word === 'fault' ? word : `tidemark_${word}`))
      return [name, [...spelled, ...named]]
    },
  ),
)

/** What Prometheus itself adds, or evaluates before. */
const OWN_LABELS = ['job', 'instance', 'le']
const recorded = rules.flatMap(({ record }) => record ?? [])

/** Every metric as it is printed once it was measured, with its name in the code. */
async function printedNames(): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  for (const [name, { kind }] of Object.entries(METRICS)) {
    const { telemetry, scrape, close } = startScraping()
    if (kind === 'counter') telemetry.count(name as never, 1, {})
    else if (kind === 'timer') telemetry.time(name as never, {})()
    else if (kind === 'histogram') telemetry.record(name as never, 1, {})
    else telemetry.observe(async () => [{ gauge: name as never, value: 1, attributes: {} }])
    for (const printed of printedMetrics(await scrape()).keys()) if (printed !== 'target_info') names.set(printed, name)
    await close()
  }
  return names
}

describe('the alert rules and the Grafana dashboard', () => {
  it('name only metrics that are printed, and no metric is left out of the dashboard', async () => {
    const printed = await printedNames()
    const known = new Set([...printed.keys(), ...recorded, 'up'])
    const named = expressions.flatMap((expression) => namesIn(expression).metrics)
    expect(named.filter((name) => !known.has(name))).toEqual([])
    expect(new Set(printed.values())).toEqual(new Set(Object.keys(METRICS)))
    const shown = new Set(named.map((name) => printed.get(name)))
    expect(Object.keys(METRICS).filter((name) => !shown.has(name))).toEqual([])
  })

  it('name only attributes that the metrics have', async () => {
    const printed = await printedNames()
    const labelsOf = (metric: string) => [...OWN_LABELS, ...(ATTRIBUTES.get(printed.get(metric) ?? '') ?? [])]
    for (const expression of expressions) {
      const { metrics, selected, grouped } = namesIn(expression)
      for (const { metric, labels } of selected) {
        expect(
          labels.filter((label) => !labelsOf(metric).includes(label)),
          expression,
        ).toEqual([])
      }
      if (metrics.some((metric) => recorded.includes(metric))) continue
      const all = metrics.flatMap(labelsOf)
      expect(
        grouped.filter((label) => !all.includes(label)),
        expression,
      ).toEqual([])
    }
  })

  it('fit what a running processor prints', async () => {
    await using port = openMemory({ ranges: 2 })
    const { telemetry, scrape, close } = startScraping()
    await eventStore(port, events, { telemetry }).append('s:a', [{ type: 'Added', data: { amount: 1 } }], {
      expectedVersion: 0,
    })
    await using _ = await startProcessor(port, [perStream], { telemetry })
    await untilCaughtUp(port, [perStream])
    const names = await printedNames()
    const printed = printedMetrics(await scrape())
    await close()
    expect(printed.size).toBeGreaterThan(10)
    for (const [name, { type, labels }] of printed) {
      if (name === 'target_info') continue
      const metric = names.get(name) ?? ''
      expect(METRICS, name).toHaveProperty([metric])
      const { kind } = METRICS[metric as keyof typeof METRICS]
      expect([name, type]).toEqual([name, kind === 'timer' ? 'histogram' : kind])
      const own = labels.filter((label) => label !== 'le' && label !== 'otel_scope_name')
      expect([name, own.toSorted()]).toEqual([name, [...(ATTRIBUTES.get(metric) ?? [])].toSorted()])
    }
  })
})

describe('the alert rules', () => {
  it('have a severity, say in words what to do, and link to a heading that is there', () => {
    expect(alerts.length).toBeGreaterThan(20)
    for (const { alert, labels, annotations, for: duration = '1m' } of alerts) {
      expect(alert).toMatch(/^Tidemark[A-Z]\w+$/)
      expect(['warning', 'critical']).toContain(labels?.severity)
      expect(duration).toMatch(/^\d+[mhd]$/)
      expect(annotations?.summary, alert).toMatch(/\S/)
      expect(annotations?.description, alert).toMatch(/\.$/)
      const [, path = '', anchor] =
        /^https:\/\/github\.com\/tidemark-db\/tidemark\/blob\/main\/(docs\/[\w/-]+\.md)(?:#(.+))?$/.exec(
          annotations?.runbook_url ?? '',
        ) ?? []
      expect(path, alert).not.toBe('')
      if (anchor !== undefined) expect(anchorsOf(read(path)), alert).toContain(anchor)
    }
  })

  it('are those that the guide explains, with their severities', () => {
    const guide = new Map(
      [...read('docs/guides/prometheus.md').matchAll(/^\| `(Tidemark\w+)` \| .* \| (.*?) \|$/gm)].map(
        ([, alert = '', severities = '']) => [alert, severities],
      ),
    )
    const named = Map.groupBy(alerts, ({ alert = '' }) => alert)
    expect([...guide.keys()].toSorted()).toEqual([...named.keys()].toSorted())
    for (const [alert, variants] of named) {
      const severities = new Set(variants.map(({ labels }) => labels?.severity))
      expect([alert, new Set(guide.get(alert)?.split('; '))]).toEqual([alert, severities])
    }
  })

  it('show in their texts only labels that the expression keeps', () => {
    for (const { alert, expr, annotations } of alerts) {
      const { grouped, metrics } = namesIn(expr)
      const inner = rules.filter(({ record }) => record && metrics.includes(record)).flatMap(({ expr: of }) => of)
      const kept = [...grouped, ...inner.flatMap(keptBy), ...(metrics.includes('up') ? OWN_LABELS : [])]
      const shown = [
        ...Object.values(annotations ?? {})
          .join(' ')
          .matchAll(/\$labels\.(\w+)/g),
      ]
      expect(
        shown.map(([, label = '']) => label).filter((label) => !kept.includes(label)),
        alert,
      ).toEqual([])
    }
  })
})

/** The labels that a recorded series has, through what it was recorded from. */
function keptBy(expression: string): readonly string[] {
  const { grouped, metrics } = namesIn(expression)
  const inner = rules.filter(({ record }) => record && metrics.includes(record))
  return [...grouped, ...inner.flatMap(({ expr }) => keptBy(expr))]
}

describe('the Grafana dashboard', () => {
  it('asks for its data source, and every chart uses it', () => {
    const [source, ...others] = board.templating.list
    expect(source).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' })
    expect(others.map(({ name }) => name)).toEqual(['job', 'projection'])
    for (const { datasource, targets = [], title } of charts) {
      expect(datasource, title).toEqual({ type: 'prometheus', uid: expect.stringMatching(/^\$\{datasource\}$/) })
      expect(targets.length, title).toBeGreaterThan(0)
      for (const { expr } of targets) expect(expr, title).toContain('job=~"$job"')
    }
  })

  it('shows each part under a title of its own, and nothing overlaps', () => {
    const rows = board.panels.filter(({ type }) => type === 'row').map(({ title }) => title)
    expect(rows).toEqual([
      'Overview',
      'Lag',
      'Ranges',
      'Appends and requests',
      'Conflicts',
      'Parked sequences',
      'Azure Cosmos DB',
      'Chain',
      'Timers and subscribers',
    ])
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length)
    expect(board.schemaVersion).toBeGreaterThanOrEqual(36)
    const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24)
      return Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`)
    })
    expect(new Set(cells).size).toBe(cells.length)
  })
})
