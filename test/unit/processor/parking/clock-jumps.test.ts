import { expect, it } from 'vitest'
import { createHandlerRetries } from '../../../../src/processor/pages/handler-retries.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { createParkedCount } from '../../../../src/processor/status/parked-count.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { append } from '../support.ts'
import { foldAll, noting } from './support.ts'

const HOUR = 3_600_000

it('the number of parked sequences is asked for again after the clock went back', async () => {
  await using port = openMemory()
  let broken = true
  const projection = noting('noting', { fails: (amount) => broken && amount === 13 })
  await append(port, 's:1', [13])
  await foldAll(port, projection)
  const clock = manualClock()
  const parked = createParkedCount(port.viewStore, clock)
  clock.advance(HOUR)
  expect((await parked(projection))?.places).toHaveLength(2)
  broken = false
  for (const key of ['s:1', 'all']) await parkedSequences(port, projection).replay(key)
  clock.advance(-HOUR)
  expect((await parked(projection))?.places).toEqual([])
})

it('views that were parked before the clock went back take no attempt from those after it', () => {
  const clock = manualClock()
  const retries = createHandlerRetries(clock)
  clock.advance(HOUR)
  for (let i = 0; i < 10; i++) retries.noteParked()
  expect(retries.attempts()).toBe(1)
  clock.advance(-HOUR)
  expect(retries.attempts()).toBe(5)
})
