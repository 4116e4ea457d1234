import { expect, it } from 'vitest'
import { LedgerDamaged } from '../../../../../src/core/errors/integrity.ts'
import { integrity } from '../../../../../src/dashboard/live/topics/integrity.ts'
import type { AnchorState, ChainSummary } from '../../../../../src/integrity/index.ts'
import { manualClock } from '../../../../../src/testing/manual-clock.ts'

const SEALED = '2026-01-01T00:00:05.000Z'
const SIGNED = '2026-01-01T00:00:04.000Z'

const behind: AnchorState = { name: 'w', state: 'behind', size: 1, since: SEALED, error: null }
const summary: ChainSummary = {
  ...{ origin: 'acme', generation: 1, restarted: null, isOfThisLog: true },
  ...{ size: 3, events: 9, sealedAt: SEALED, signed: 2, anchors: [behind] },
}

function watchedChain(some: Partial<ChainSummary> = {}, asked: AnchorState = behind) {
  const clock = manualClock(0)
  const chain = {
    fault: undefined as Error | undefined,
    reads: 0,
    asks: 0,
    async summary() {
      chain.reads++
      if (chain.fault) throw chain.fault
      return { ...summary, ...some }
    },
    async heads() {
      chain.asks++
      return { head: { origin: 'acme', size: 3, root: new Uint8Array(32) }, note: null, anchors: [asked] }
    },
    sealedAt: async () => SIGNED,
    close: async () => {},
  }
  const source = integrity(async () => chain, clock)
  return { clock, chain, row: async () => (await source.rows())?.chain }
}

it('says up to when the log is sealed and signed, and how far each anchor is', async () => {
  expect(await watchedChain().row()).toEqual({
    ...{ size: 3, sealedTo: SEALED, headAt: SIGNED, state: 'ok' },
    anchored: [{ anchor: 'w', size: 1, at: SEALED, error: null }],
    detail: '9 events are sealed in 3 blocks; the newest signed head has 2 blocks.',
  })
})

it('says that a ledger contradicts the head of an anchor, and that another one cannot be reached', async () => {
  const error = 'Nothing is signed'
  const diverged = await watchedChain({}, { ...behind, state: 'diverged', error }).row()
  expect(diverged).toMatchObject({ state: 'diverged', detail: error })
  expect(diverged?.anchored[0]?.error).toEqual({ code: 'ChainDiverged', message: error })
  const away = await watchedChain({}, { ...behind, state: 'unavailable', error: 'w is away' }).row()
  expect(away).toMatchObject({ state: 'ok' })
  expect(away?.anchored[0]?.error).toEqual({ code: 'AnchorUnavailable', message: 'w is away' })
})

it('says that the chain is of another incarnation of the log', async () => {
  expect(await watchedChain({ isOfThisLog: false }).row()).toMatchObject({ state: 'foreign' })
})

it('keeps what it last saw of a chain that cannot be read, and shows only messages of its own errors', async () => {
  const { clock, chain, row } = watchedChain()
  await row()
  clock.advance(10_000)
  chain.fault = new Error('password')
  expect(await row()).toMatchObject({ size: 3, state: 'unknown', detail: expect.not.stringContaining('password') })
  clock.advance(10_000)
  chain.fault = new LedgerDamaged('block 2 is missing')
  expect((await row())?.detail).toContain('block 2 is missing')
})

it('knows no size of a chain that could never be read', async () => {
  const { chain, row } = watchedChain()
  chain.fault = new Error('away')
  expect(await row()).toMatchObject({ size: null, sealedTo: null, headAt: null, anchored: [], state: 'unknown' })
})

it('reads the ledger every ten seconds and asks anchors every minute, at most', async () => {
  const { clock, chain, row } = watchedChain()
  for (let second = 0; second < 120; second++) {
    await row()
    clock.advance(1000)
  }
  expect(chain).toMatchObject({ reads: 12, asks: 2 })
})

it('has no row without a chain', async () => {
  expect(await integrity(undefined, manualClock(0)).rows()).toEqual({})
})
