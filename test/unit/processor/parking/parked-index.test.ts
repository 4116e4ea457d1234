import { expect, it } from 'vitest'
import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../../src/core/port/view-store.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { createParkedCount } from '../../../../src/processor/status/parked-count.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { append, holding, interposed } from '../support.ts'
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

/** Parks a sequence anew while an operator, who took its mark away, is about to take its entry away. */
async function parkedAnew(through: (port: StoragePort) => StoragePort): Promise<readonly string[]> {
  await using port = openMemory()
  let broken = true
  const projection = noting('noting', { fails: (amount) => amount === 13 && broken })
  await append(port, 's:1', [13])
  await foldAll(port, projection)
  const held = holding(port, 'after', (call, [document]) => {
    const { key, parked, projection } = (document ?? {}) as Partial<ViewDocument>
    return call === 'viewStore.save' && projection === 'noting' && key === 's:1' && !parked
  })
  broken = false
  const replaying = parkedSequences(held.port, projection).replay('s:1')
  await held.reached
  broken = true
  await append(port, 's:1', [13])
  await foldAll(through(port), projection).catch(() => {})
  held.release()
  await replaying
  const { items } = await parkedSequences(port, projection).list()
  return items.map(({ key }) => key)
}

it('a sequence that is parked anew while somebody takes the mark of before away stays listed', async () => {
  expect(await parkedAnew((port) => port)).toEqual(['all', 's:1'])
})

it('and also where the worker dies as soon as it is parked', async () => {
  let isMarked = false
  const dying = (port: StoragePort) =>
    interposed(port, async (call, next, [document]) => {
      if (isMarked) throw new StorageUnavailable('dead')
      const answer = await next()
      const { projection, key, parked } = (document ?? {}) as Partial<ViewDocument>
      if (call === 'viewStore.save' && projection === 'noting' && key === 's:1' && parked) isMarked = true
      return answer
    })
  expect(await parkedAnew(dying)).toEqual(['all', 's:1'])
  expect(isMarked).toBe(true)
})
