import { expect, it } from 'vitest'
import type { ViewDocument } from '../../../../src/core/port/view-store.ts'
import { createParkedCount } from '../../../../src/processor/parking/parked-count.ts'
import { parkedSequences } from '../../../../src/processor/parking/parked-sequences.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { append, holding } from '../support.ts'
import { foldAll, noting } from './support.ts'

const poisoned = noting('noting', { fails: (amount) => amount === 13 })

it('a view is listed as parked that is marked long after its entry was made, and taken for left behind', async () => {
  await using port = openMemory()
  await append(port, 's:1', [13])
  // The worker stands still between the entry and the mark.
  const held = holding(port, 'before', (call, [document]) => {
    const { projection, parked } = (document ?? {}) as Partial<ViewDocument>
    return call === 'viewStore.save' && projection === 'noting' && parked !== undefined
  })
  const folding = foldAll(held.port, poisoned)
  await held.reached
  const clock = manualClock()
  const count = createParkedCount(port.viewStore, clock)
  await count(poisoned)
  clock.advance(60_000)
  await count(poisoned)
  held.release()
  await folding
  const { items } = await parkedSequences(port, poisoned).list()
  expect(items.map(({ key }) => key)).toEqual(['all', 's:1'])
})

it('a sequence that is parked anew while somebody takes the mark of before away stays listed', async () => {
  await using port = openMemory()
  const poison = { fails: (amount: number) => amount === 13 && broken }
  let broken = true
  const projection = noting('noting', poison)
  await append(port, 's:1', [13])
  await foldAll(port, projection)
  // The operator's last save has taken the mark away, and the entry is still there.
  const held = holding(port, 'after', (call, [document]) => {
    const { key, parked, projection } = (document ?? {}) as Partial<ViewDocument>
    return call === 'viewStore.save' && projection === 'noting' && key === 's:1' && !parked
  })
  broken = false
  const replaying = parkedSequences(held.port, projection).replay('s:1')
  await held.reached
  broken = true
  await append(port, 's:1', [13])
  await foldAll(port, projection)
  held.release()
  await replaying
  const { items } = await parkedSequences(port, projection).list()
  expect(items.map(({ key }) => key)).toEqual(['all', 's:1'])
})
