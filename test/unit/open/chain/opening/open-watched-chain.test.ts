import { expect, it } from 'vitest'
import { appendEvents } from '../../../../../src/core/append/append-events.ts'
import { openWatchedChain } from '../../../../../src/open/chain/opening/open-watched-chain.ts'
import { openMemory } from '../../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../../src/views/with-views.ts'
import { tempFolder } from '../../../../support/embedded/folders.ts'
import { aChain, anEvent } from '../../../../support/integrity/a-chain.ts'

it('a chain is watched without anything being written', async () => {
  const memory = openMemory()
  const storage = withViews(memory)
  const chain = aChain(storage)
  await appendEvents(storage, 'meter:1', [anEvent()], { expectedVersion: 'any' })
  await chain.seal({ at: '2026-01-01T00:00:00.000Z' })
  await chain.signHead()
  const before = JSON.stringify([...memory.state.views])
  const anchors = [{ kind: 'file', folder: tempFolder() }] as const
  const watched = await openWatchedChain(storage, { origin: chain.context.origin, anchors })
  expect(await watched.summary()).toMatchObject({ size: 1, signed: 1, isOfThisLog: true })
  expect((await watched.heads()).anchors).toMatchObject([{ state: 'behind', size: 0 }])
  expect([await watched.sealedAt(0), await watched.sealedAt(1)]).toEqual([null, '2026-01-01T00:00:00.000Z'])
  await watched.close()
  expect(JSON.stringify([...memory.state.views])).toBe(before)
})
