import assert from 'node:assert/strict'
import { onTestFinished, test } from 'vitest'
import { hashOf } from '../../../../../src/adapters/cosmos/partitions/hash.ts'
import {
  decodePosition,
  encodePosition,
  mergePositions,
  type PositionToken,
} from '../../../../../src/core/positions/position-token.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'
import { DATABASE, openParts, type Parts } from '../support/parts.ts'

async function start(partitions = 1) {
  const emulator = cosmosEmulator({ partitions })
  const parts = await openParts(emulator)
  onTestFinished(parts.close)
  return { emulator, parts }
}

/** The positions of all events in the feed, by id. */
async function placesOf({ feed }: Parts) {
  const places = new Map<string, object>()
  for (const range of await feed.ranges()) {
    for (const { event, position } of (await feed.read(range, 'start')).events) places.set(event.id, position)
  }
  return places
}

test('positions are found before and after splits and merges, also those that name a partition that is gone', async () => {
  const { emulator, parts } = await start()
  const tokens: PositionToken[] = []
  const write = async () => {
    for (let i = 0; i < 12; i++) tokens.push(await parts.append(`s:${i % 5}`, 1 + (i % 3)))
  }
  await write()
  const [low, high] = emulator.split(DATABASE, 'events', '0')
  await write()
  emulator.merge(DATABASE, 'events', low, high)
  await write()
  const other = await openParts(emulator)
  onTestFinished(other.close)
  const places = await placesOf(parts)
  for (const token of tokens) {
    const [mark] = decodePosition(token).marks
    const at = places.get(`${mark?.streamId}:${mark?.version}`)
    const wanted = { streamId: mark?.streamId, hash: hashOf(String(mark?.streamId)), at }
    for (const port of [parts, other]) assert.deepEqual(await port.locate(token), [wanted])
  }
  assert.equal((await other.locate(mergePositions(tokens))).length, 5)
})

test('a position whose session is past its event, as of a repeat, is found too', async () => {
  const { parts } = await start()
  await parts.append('s:1', 2)
  const late = await parts.append('s:1', 2)
  const { incarnation, marks } = decodePosition(late)
  const [at] = marks.map((mark) => encodePosition({ incarnation, marks: [{ ...mark, version: 1 }] }))
  assert.deepEqual((await parts.locate(String(at)))[0]?.at, { lsn: 1, hash: hashOf('s:1'), version: 1 })
})

test('what was erased, or became a husk, is erased; what is missing from a stream that goes on is not', async () => {
  const { parts } = await start()
  const { container } = parts.handle.containers.events
  const tokens = [await parts.append('s:1', 1), await parts.append('s:1', 1)]
  const late = await parts.append('s:2', 1)
  await container.item('s:2:1', 's:2').delete()
  assert.equal((await parts.locate(late))[0]?.at, 'pending')
  await container.items.create({
    id: 's:1:3',
    stream: { id: 's:1', version: 3 },
    eventType: '$tombstone',
    eventData: {},
  })
  await container.item('s:1:2', 's:1').delete()
  await container.item('s:1:1', 's:1').replace({
    id: 's:1:1',
    stream: { id: 's:1', version: 1 },
    eventType: '$husk',
    eventData: {},
  })
  for (const token of tokens)
    assert.deepEqual(await parts.locate(token), [{ streamId: 's:1', hash: hashOf('s:1'), at: 'erased' }])
})

test('another handle finds a fresh event although replicas are behind', async () => {
  const { emulator, parts } = await start()
  for (let i = 0; i < 3; i++) await parts.append('s:1', 1)
  const other = await openParts(emulator)
  onTestFinished(other.close)
  emulator.staleReads = 5
  const token = await parts.append('s:1', 1)
  assert.deepEqual((await other.locate(token))[0]?.at, { lsn: 4, hash: hashOf('s:1'), version: 4 })
})
