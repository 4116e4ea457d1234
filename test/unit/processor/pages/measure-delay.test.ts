import { describe, expect, it } from 'vitest'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import { noTelemetry, type Telemetry } from '../../../../src/core/telemetry/telemetry.ts'
import { projectPage } from '../../../../src/processor/pages/project-page.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { contextOf } from '../parking/support.ts'
import { events, perStream } from '../support.ts'

/** Appends at 0 s and 4 s, projects both in one page at 10 s, and returns the delays that were measured. */
async function delaysOf(since?: string): Promise<readonly unknown[]> {
  const clock = manualClock()
  await using storage = openMemory({ clock })
  const store = eventStore(storage, events)
  for (const id of ['a', 'b']) {
    await store.append(`s:${id}`, [{ type: 'Added', data: { amount: 1 } }], { expectedVersion: 0 })
    clock.advance(4_000)
  }
  clock.advance(2_000)
  const measured: unknown[] = []
  const telemetry: Telemetry = { ...noTelemetry, record: (...one) => void measured.push(one) }
  const [range] = await storage.feed.ranges()
  if (range === undefined) throw new Error('A storage has at least one range')
  const context = { ...contextOf(storage), clock, telemetry, sinceOf: () => since }
  await projectPage(context, perStream, range, await storage.feed.read(range, 'start'))
  // A page without any event of the projection.
  await projectPage(context, perStream, range, await storage.feed.read(range, 'now'))
  return measured
}

describe('the delay of a projection', () => {
  it('is measured once for each page, from its oldest event', async () => {
    const attributes = { 'tidemark.projection': 'per-stream', 'tidemark.version': 1 }
    expect(await delaysOf()).toEqual([['tidemark.projection.delay', 10, attributes]])
    expect(await delaysOf('2026-01-01T00:00:00.000Z')).toHaveLength(1)
  })

  it('is not measured for events that are older than the version', async () => {
    expect(await delaysOf('2026-01-01T00:00:00.001Z')).toEqual([])
  })
})
