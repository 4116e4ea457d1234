import { expect, it } from 'vitest'
import { systemClock } from '../../../../src/core/clock.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import { startScraping } from '../../../../src/opentelemetry/prometheus/start-scraping.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { untilCaughtUp } from '../../../support/projecting/until.ts'
import { events, interposed, perStream } from '../../processor/support.ts'

it('scrapes read no event and no view, and query parked sequences once for all that come soon after each other', async () => {
  await using port = openMemory({ ranges: 2 })
  await eventStore(port, events).append('s:a', [{ type: 'Added', data: { amount: 1 } }], { expectedVersion: 0 })
  const { telemetry, scrape, close } = startScraping()
  const calls: string[] = []
  const watched = interposed(port, (call, next) => {
    calls.push(call)
    return next()
  })
  // Time stands still, and the processor looks for nothing on its own.
  const at = systemClock.now()
  const clock = { ...systemClock, now: () => at }
  const seldom = { leaseDuration: 3_600_000, pollInterval: 1_000_000 }
  await using _ = await startProcessor(watched, [perStream], { telemetry, clock, ...seldom })
  await untilCaughtUp(port, [perStream])
  calls.length = 0
  for (let i = 0; i < 20; i++) await scrape()
  await close()
  expect([...calls]).toEqual(['viewStore.query'])
})
