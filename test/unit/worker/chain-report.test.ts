import { expect, it } from 'vitest'
import { ChainDiverged, LedgerDamaged } from '../../../src/core/errors/integrity.ts'
import type { Chain, ChainSummary, HeadReport } from '../../../src/integrity/index.ts'
import { openChain } from '../../../src/integrity/index.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { chainGauges } from '../../../src/worker/chain-metrics.ts'
import { createChainReporter } from '../../../src/worker/chain-report.ts'

const anchor = { name: 'w', state: 'behind', size: 1, since: '1970-01-01T00:00:00.000Z', error: null } as const
const summary: ChainSummary = {
  origin: 'acme',
  generation: 1,
  restarted: null,
  isOfThisLog: true,
  size: 2,
  events: 9,
  sealedAt: '1970-01-01T00:00:00.000Z',
  signed: 1,
  anchors: [anchor],
}

async function reporter() {
  const clock = manualClock(0)
  const { context } = await openChain(openMemory(), { origin: 'acme' })
  const chain = { next: summary as ChainSummary | Error, reads: 0, published: null as Chain['published'], context }
  const report = createChainReporter(
    Object.assign(chain, {
      async summary() {
        chain.reads++
        if (chain.next instanceof Error) throw chain.next
        return chain.next
      },
    }),
    clock,
  )
  return { clock, chain, ...report }
}

it('reports what is sealed, signed and anchored, and reads the ledger at most every ten seconds', async () => {
  const { clock, chain, read } = await reporter()
  const { isOfThisLog: _, ...rest } = summary
  expect(await read()).toEqual({ ...rest, state: 'ok', error: null })
  for (let i = 0; i < 19; i++) {
    clock.advance(1000)
    await read()
  }
  expect(chain.reads).toBe(2)
})

it('says that the chain is of another log', async () => {
  const { chain, read } = await reporter()
  chain.next = { ...summary, isOfThisLog: false }
  expect((await read()).state).toBe('foreign')
})

it('says that the ledger contradicts a head until one is published again', async () => {
  const { chain, read, failed } = await reporter()
  failed(new ChainDiverged('secret'))
  const report = await read()
  expect(report).toMatchObject({ state: 'diverged', error: { code: 'ChainDiverged' } })
  expect(JSON.stringify(report)).not.toContain('secret')
  chain.published = { anchors: [] } as unknown as HeadReport
  expect(await read()).toMatchObject({ state: 'ok', error: { code: 'ChainDiverged' } })
})

it('keeps what it last knew while the ledger cannot be read, and repeats no message', async () => {
  const { clock, chain, read } = await reporter()
  chain.next = new LedgerDamaged('secret')
  expect(await read()).toMatchObject({ origin: 'acme', state: 'unknown', size: 0, anchors: [] })
  chain.next = summary
  clock.advance(10_000)
  await read()
  clock.advance(10_000)
  chain.next = new Error('secret')
  const report = await read()
  expect(report).toMatchObject({ state: 'unknown', size: 2, error: { code: 'unexpected' } })
  expect(JSON.stringify(report)).not.toContain('secret')
})

it('measures the chain, and since when each anchor lacks a block, unless that is unknown', async () => {
  const { read, chain, clock } = await reporter()
  const gauges = async () => chainGauges(await read(), clock.now())
  clock.advance(90_000)
  chain.next = { ...summary, anchors: [anchor, { ...anchor, name: 'f', state: 'current', since: null }] }
  const attributes = { 'tidemark.chain': 'acme' }
  expect(await gauges()).toEqual([
    { gauge: 'tidemark.chain.size', value: 2, attributes },
    { gauge: 'tidemark.chain.diverged', value: 0, attributes },
    { gauge: 'tidemark.chain.unanchored', value: 90, attributes: { ...attributes, 'tidemark.anchor': 'w' } },
    { gauge: 'tidemark.chain.unanchored', value: 0, attributes: { ...attributes, 'tidemark.anchor': 'f' } },
  ])
  chain.next = { ...summary, isOfThisLog: false }
  clock.advance(10_000)
  expect((await gauges())[1]).toMatchObject({ value: 1 })
  chain.next = new Error()
  clock.advance(10_000)
  // What was last known of another log still holds.
  expect((await gauges())[1]).toMatchObject({ value: 1 })
  const unknown = await reporter()
  unknown.chain.next = new Error()
  expect(chainGauges(await unknown.read(), 0)).toEqual([])
})
