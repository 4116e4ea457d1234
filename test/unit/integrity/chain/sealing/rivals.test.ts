import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StorageUnavailable } from '../../../../../src/core/errors/storage.ts'
import type { NewEventDocument } from '../../../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import type { ViewStore } from '../../../../../src/core/port/view-store.ts'
import { createSealer } from '../../../../../src/integrity/chain/sealing/sealer.ts'
import { streamSalts } from '../../../../../src/integrity/chain/sealing/stream-salts.ts'
import { type Chain, openChain } from '../../../../../src/integrity/open-chain.ts'
import { manualClock } from '../../../../../src/testing/manual-clock.ts'
import { type MemoryStorage, openMemory } from '../../../../../src/testing/memory/index.ts'
import { compareWithLog } from '../../../../../src/testing/simulate/chain/compare-with-log.ts'
import { readPlainChain } from '../../../../../src/testing/simulate/chain/plain-chain.ts'

const ORIGIN = 'acme/meters'
const BOUNDS = { maxEvents: 1, maxBytes: 100_000, maxAge: 0 }
const NEVER = new AbortController().signal

const event = (salted = true): NewEventDocument => ({
  eventType: 'read',
  eventData: {},
  metadata: { eventId: crypto.randomUUID(), ...(salted && { salt: 'salt' }) },
})

async function append(to: StoragePort, appends: number, each: number, salted = true): Promise<void> {
  for (let i = 0; i < appends; i++) {
    const events = Array.from({ length: each }, () => event(salted))
    await to.events.append(`thing:${i % 40}`, events, { expectedVersion: 'any' })
  }
}

/** Seals the whole log from its start, as one who does not know what is sealed, and may be late. */
async function sealAll(chain: Chain, bounds = BOUNDS, limit = 64): Promise<void> {
  const { storage, ledger, clock } = chain.context
  const sealer = createSealer(chain.writer, streamSalts(ledger), clock, bounds)
  await Promise.all(
    (await storage.feed.ranges()).map(async (range) => {
      for (let from = 'start', caughtUp = false; !caughtUp; ) {
        const page = await storage.feed.read(range, from, { limit })
        await sealer.seal(range, from, page, NEVER)
        from = page.continuation
        caughtUp = page.caughtUp
      }
    }),
  )
}

async function faults(storage: StoragePort, isComplete = true): Promise<readonly string[]> {
  const { ledger } = (await openChain(storage, { origin: ORIGIN })).context
  return compareWithLog(await readPlainChain(ledger), storage, ledger, isComplete)
}

test('two sealers that write ten thousand blocks at the same time seal each event once, and never fork the chain', async () => {
  const clock = manualClock()
  const storage = openMemory({ ranges: 2, turn: async () => {}, clock })
  await append(storage, 500, 20)
  const chains = await Promise.all(
    [1, 2].map((n) => openChain(storage.reopen({ clock: manualClock(n * 1e12) }), { origin: ORIGIN, clock })),
  )
  await Promise.all(chains.map((chain) => sealAll(chain)))
  expect(await faults(storage)).toEqual([])
  expect(await chains[0]?.context.ledger.last()).toBe(9_999)
}, 240_000)

/** Fails one of the calls that write, before or after it took effect: the process then has no answer. */
type Failure = { readonly at: number; readonly isDone: boolean }

function failing(store: ViewStore, { at, isDone }: Failure, calls: { count: number }): ViewStore {
  const guard =
    <Arguments extends readonly unknown[], Answer>(call: (...all: Arguments) => Promise<Answer>) =>
    async (...all: Arguments): Promise<Answer> => {
      if (calls.count++ < at) return call(...all)
      if (isDone && calls.count === at + 1) await call(...all)
      throw new StorageUnavailable('killed')
    }
  return {
    ...store,
    save: guard(store.save.bind(store)),
    get: guard(store.get.bind(store)),
    getMany: guard(store.getMany.bind(store)),
  }
}

/** Another process on the same database, that fails at a call and at all later ones. */
function process(storage: MemoryStorage, failure: Failure): { readonly storage: StoragePort; isOver: () => boolean } {
  const calls = { count: 0 }
  const handle = storage.reopen()
  const viewStore = failing(handle.viewStore, failure, calls)
  return { storage: { ...handle, viewStore }, isOver: () => calls.count <= failure.at }
}

const failure = fc.record({ at: fc.nat(60), isDone: fc.boolean() })

describe('a sealer that is killed', () => {
  test('between any two steps, whether the last one took effect or not, is followed by others without a trace', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(failure, { maxLength: 6 }), fc.boolean(), async (failures, salted) => {
        const storage = openMemory({ ranges: 2, turn: async () => {} })
        await append(storage, 12, 2, salted)
        for (const one of failures) {
          const killed = process(storage, one)
          const work = async () =>
            sealAll(await openChain(killed.storage, { origin: ORIGIN }), { ...BOUNDS, maxEvents: 3 })
          await work().catch(() => {})
          expect(await faults(storage, false)).toEqual([])
        }
        await (await openChain(storage, { origin: ORIGIN })).sealNow()
        expect(await faults(storage)).toEqual([])
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  test('while another one works leaves it undisturbed', async () => {
    await fc.assert(
      fc.asyncProperty(failure, failure, async (one, other) => {
        const storage = openMemory({ ranges: 2, turn: async () => {} })
        await append(storage, 12, 2)
        const work = async (of: StoragePort) =>
          sealAll(await openChain(of, { origin: ORIGIN }), { ...BOUNDS, maxEvents: 2 })
        await Promise.allSettled(
          [one, other].map((which) => work(process(storage, which).storage)).concat(work(storage)),
        )
        expect(await faults(storage)).toEqual([])
      }),
      { numRuns: 40 },
    )
  }, 60_000)
})

test('a block whose answer was lost is not written twice', async () => {
  const storage = openMemory({ turn: async () => {} })
  await append(storage, 3, 1)
  const { viewStore } = storage
  // What an adapter does that tries again after a time-out, and then finds its own document.
  const save: ViewStore['save'] = async (document, condition) => {
    const result = await viewStore.save(document, condition)
    return document.key === '0' ? viewStore.save(document, condition) : result
  }
  const chain = await openChain({ ...storage, viewStore: { ...viewStore, save } }, { origin: ORIGIN })
  await chain.sealNow()
  expect(await faults(storage)).toEqual([])
  expect(await chain.context.ledger.last()).toBe(0)
})

const split = fc.constantFrom('20000000', '40000000', '60000000', '80000000', 'A0000000', 'C0000000')
const step = fc.oneof(
  fc.record({ kind: fc.constant('append' as const) }),
  fc.record({ kind: fc.constant('split' as const), hash: split }),
  fc.record({ kind: fc.constant('read' as const), limit: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ kind: fc.constant('seal' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('sealNow' as const) }),
)

test('pages that were read before splits and are sealed late, twice or out of order never damage the chain', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const storage = openMemory({ turn: async () => {} })
      const chain = await openChain(storage, { origin: ORIGIN })
      const sealer = createSealer(chain.writer, streamSalts(chain.context.ledger), chain.context.clock, {
        ...BOUNDS,
        maxEvents: 5,
      })
      // Each continues where the chain of its range ended when it was read, as a worker's pages do.
      const pages: (readonly [Parameters<typeof sealer.seal>[0], string, Parameters<typeof sealer.seal>[2]])[] = []
      for (const one of steps) {
        if (one.kind === 'append') await append(storage, 8, 1)
        else if (one.kind === 'split') storage.split(one.hash)
        else if (one.kind === 'sealNow') await chain.sealNow()
        else if (one.kind === 'read') {
          for (const range of await storage.feed.ranges()) {
            pages.push([range, 'start', await storage.feed.read(range, 'start', { limit: one.limit })])
          }
        } else {
          const page = pages[one.which % Math.max(1, pages.length)]
          if (page) await sealer.seal(...page, NEVER)
        }
        expect(await faults(storage, false)).toEqual([])
      }
      await chain.sealNow()
      expect(await faults(storage)).toEqual([])
    }),
    { numRuns: 60 },
  )
}, 60_000)
