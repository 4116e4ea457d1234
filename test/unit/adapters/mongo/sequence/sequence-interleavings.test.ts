import fc, { type Scheduler } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Sequenced, Sequencer } from '../../../../../src/adapters/mongo/sequence/sequencer.ts'
import { type ModelEvent, ModelLog, type Staleness, type Step } from '../../../../support/mongo/model-log.ts'

type Append = { readonly stream: number; readonly size: number; readonly pause: number }

const append = fc.record<Append>({ stream: fc.nat(2), size: fc.integer({ min: 1, max: 3 }), pause: fc.nat(1) })

/** Steps of a process in the order that a scheduler decides; after `most` of them it is killed. */
function steps(scheduler: Scheduler, name: string, most = Number.POSITIVE_INFINITY): Step {
  let taken = 0
  return async (what) => {
    if (taken++ >= most) await new Promise(() => {})
    await scheduler.schedule(Promise.resolve(), `${name}: ${what}`)
  }
}

const sequencer = (log: ModelLog, step: Step, staleness?: Staleness): Sequencer =>
  new Sequencer(log.handle(step, staleness), { now: () => 0, sleep: () => step('wait') })

/** Appends as a writer would, each stream's times never going back. */
async function write(log: ModelLog, step: Step, appends: readonly Append[]): Promise<void> {
  const versions = new Map<number, number>()
  let now = 0
  for (const [i, { stream, size, pause }] of appends.entries()) {
    await step('append')
    now += pause
    const head = versions.get(stream) ?? 0
    // Clocks of different writers differ: streams have times of their own.
    const recordedAt = new Date(now * (stream + 1)).toISOString()
    log.append(`a:${stream}`, head + 1, size, `${i}`, recordedAt)
    versions.set(stream, head + size)
  }
}

/** Reads on and on, noting what was there at each head. */
async function follow(
  log: ModelLog,
  step: Step,
  times: number,
  seen: (head: number, ids: string[]) => void,
  staleness?: Staleness,
) {
  const reader = sequencer(log, step, staleness)
  for (let i = 0; i < times; i++) {
    const attempt = log.attempt()
    const { head } = await reader.advance(attempt, 0)
    await step('read a page')
    seen(head, log.upTo(head, attempt, staleness))
    const without = log.attempt()
    const known = reader.known(without, 0, 1)
    if (known === undefined) continue
    await step('read a page that needs no question')
    seen(known.head, log.upTo(known.head, without, staleness))
  }
}

type Play = {
  readonly scheduler: Scheduler
  readonly appends: readonly Append[]
  /** Steps after which readers are killed, one reader each. */
  readonly lives: readonly number[]
  /** How often the two that live read. */
  readonly pagesEach?: number
  readonly staleness?: Staleness
  /** What is done when everything was appended. */
  readonly afterwards?: (log: ModelLog) => Promise<void>
}

/** Appends while readers give LSNs, to the end, and answers what they saw at each head. */
async function play({ scheduler, appends, lives, pagesEach = 4, staleness, afterwards }: Play) {
  const log = new ModelLog()
  const pages: { readonly head: number; readonly ids: string[] }[] = []
  const note = (head: number, ids: string[]) => pages.push({ head, ids })
  const writing = write(log, steps(scheduler, 'writer'), appends)
  const ending = afterwards ? writing.then(() => afterwards(log)) : writing
  const living = [0, 1].map((i) => follow(log, steps(scheduler, `reader ${i}`), pagesEach, note, staleness))
  for (const [i, life] of lives.entries()) {
    follow(log, steps(scheduler, `killed ${i}`, life), 4, note, staleness).catch(() => {})
  }
  await scheduler.waitFor(Promise.all([ending, ...living]))
  await finish(log)
  return { log, pages }
}

async function finish(log: ModelLog): Promise<void> {
  const last = sequencer(log, async () => {})
  let sequenced: Sequenced
  do sequenced = await last.advance(log.attempt(), 0)
  while (sequenced.more)
}

/** Erases a stream from its end, as one does who goes on after a while. */
async function erase(log: ModelLog, step: Step, streamId: string, patience: number): Promise<void> {
  for (let i = 0; i < patience; i++) await step('wait to erase')
  const own = [...log.events.values()].filter(({ stream }) => stream.id === streamId)
  for (const { _id } of own.toSorted((a, b) => b.stream.version - a.stream.version)) {
    await step('erase')
    log.erase(_id)
  }
}

function assertOrder(log: ModelLog, appends: readonly Append[]): void {
  const given = assertOrderOf([...log.events.values()])
  expect(given, 'no LSN is missing').toEqual(appends.map((_, i) => i + 1))
}

/** The LSNs that events have, in order. */
function assertOrderOf(events: readonly ModelEvent[]): number[] {
  expect(events.filter(({ lsn }) => lsn === undefined)).toEqual([])
  const lsns = new Map(events.map(({ append, lsn }) => [append.id, lsn as number]))
  for (const { append, lsn } of events) expect(lsn, 'the events of an append share an LSN').toBe(lsns.get(append.id))
  const given = [...lsns.values()].toSorted((a, b) => a - b)
  expect(new Set(given).size, 'no LSN is given twice').toBe(given.length)
  for (const of of Map.groupBy(events, ({ stream }) => stream.id).values()) {
    const inOrder = of.toSorted((a, b) => a.stream.version - b.stream.version).map(({ lsn }) => lsn as number)
    expect(inOrder, 'versions keep their order').toEqual(inOrder.toSorted((a, b) => a - b))
  }
  return given
}

describe('giving LSNs', () => {
  it('by several processes at once, some of which are killed half way, loses nothing and doubles nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(append, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(25), { maxLength: 3 }),
        async (scheduler, appends, lives) => {
          const { log, pages } = await play({ scheduler, appends, lives })
          assertOrder(log, appends)
          for (const { head, ids } of pages) {
            expect(log.upTo(head), 'nothing appears behind what was read').toEqual(ids)
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('by those who are shown older states, as after a failover, loses nothing and doubles nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(append, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(25), { maxLength: 3 }),
        fc.array(fc.nat(12), { minLength: 1, maxLength: 30 }),
        async (scheduler, appends, lives, delays) => {
          let reads = 0
          const staleness = () => delays[reads++ % delays.length] as number
          const { log, pages } = await play({ scheduler, appends, lives, pagesEach: 6, staleness })
          assertOrder(log, appends)
          for (const { head, ids } of pages) {
            expect(log.upTo(head), 'nothing appears behind what was read').toEqual(ids)
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('loses and doubles nothing while a stream is erased, also between promise and keeping', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(append, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(25), { maxLength: 3 }),
        fc.nat(12),
        async (scheduler, appends, lives, patience) => {
          const afterwards = (log: ModelLog) => erase(log, steps(scheduler, 'eraser'), 'a:0', patience)
          const { log, pages } = await play({ scheduler, appends, lives, afterwards })
          const left = [...log.events.values()]
          assertOrderOf(left)
          expect(left.filter(({ stream }) => stream.id === 'a:0')).toEqual([])
          for (const { head, ids } of pages) {
            const there = ids.filter((id) => log.events.has(id.slice(id.indexOf(' ') + 1)))
            expect(log.upTo(head), 'nothing appears behind what was read').toEqual(there)
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('ends what somebody has promised who is gone, before it gives more', async () => {
    const log = new ModelLog()
    log.append('a:1', 1, 2, 'x', '2026-01-01T00:00:00.000Z')
    const plan = [{ stream: 'a:1', first: 1, last: 2, lsn: 1, latest: '2026-01-01T00:00:00.000Z' }]
    log.slot = { _id: 0, counter: 1, latest: '2026-01-01T00:00:00.000Z', plan }
    log.append('a:1', 3, 1, 'y', '2026-01-01T00:00:00.000Z')
    const sequenced = await sequencer(log, async () => {}).advance(log.attempt(), 0)
    expect(sequenced).toEqual({ head: 2, more: false })
    expect(log.upTo(2)).toEqual(['1 a:1:1', '1 a:1:2', '2 a:1:3'])
    expect(log.slot.plan).toBeUndefined()
  })
})
