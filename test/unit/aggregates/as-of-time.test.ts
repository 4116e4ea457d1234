import { expect, test } from 'vitest'
import { repository } from '../../../src/aggregates/repository.ts'
import type { LoadedStream } from '../../../src/core/port/event-log.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { inZone } from '../../support/in-zone.ts'
import { account, deposit, open } from './account.ts'
import { crashingStorage, noCrash } from './crashing-storage.ts'

const at = (second: number) => Date.UTC(2026, 0, 1, 0, 0, second)

test('a state as of a time is that in UTC if events have times without an offset, whatever time zone the process is in', async () => {
  let now = at(1)
  await using storage = openMemory({ clock: { now: () => now, sleep: async () => {} } })
  const accounts = repository(storage, account)
  await accounts.execute('1', (state) => open(state, 'ann'))
  now = at(3)
  await accounts.execute('1', (state) => deposit(state, 10))
  // As other programs may have written them to a container.
  const others = crashingStorage(storage, noCrash)
  const { load } = others.events
  others.events.load = async (...of): Promise<LoadedStream> => {
    const { events, ...rest } = await load(...of)
    const without = ({ recordedAt, ...metadata }: (typeof events)[number]['metadata']) => ({
      ...metadata,
      recordedAt: recordedAt.replace('Z', ''),
    })
    return { ...rest, events: events.map((event) => ({ ...event, metadata: without(event.metadata) })) }
  }
  for (const zone of ['Asia/Tokyo', 'America/New_York']) {
    await inZone(zone, async () => {
      const { version } = await repository(others, account).load('1', { asOf: { time: new Date(at(2)) } })
      expect(version).toBe(1)
    })
  }
})
