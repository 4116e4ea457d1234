import { expect, it } from 'vitest'
import { listStreams } from '../../../../src/cli/streams/list.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { count } from '../../processor/versions/support.ts'

it('leaves out a stream that is deleted while versions are read', async () => {
  await using storage = withViews(openMemory())
  for (const [i, stream] of ['a:1', 'a:2', 'a:3'].entries()) await count(storage, stream, i + 1)
  const seen: unknown[] = []
  for await (const listed of listStreams(storage, {}, true)) {
    seen.push(listed)
    if (seen.length > 1) continue
    await storage.events.tombstone('a:2', { metadata: { eventId: 'end' } }, { expectedVersion: 'any' })
  }
  expect(seen).toEqual([
    { stream: 'a:1', version: 1 },
    { stream: 'a:3', version: 3 },
  ])
})
