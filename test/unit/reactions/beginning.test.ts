import { expect, it } from 'vitest'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import type { VersionNotice } from '../../../src/processor/versions/version-notice.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { append, events, holding } from '../processor/support.ts'

const fast = { pollInterval: 20, renewInterval: 100, leaseDuration: 2_000 }

function mail(from: 'now' | 'start' = 'now') {
  const ids: string[] = []
  const reaction = defineReaction('mail', {
    events,
    from,
    on: { Added: async ({ streamId, version }) => void ids.push(`${streamId}@${version}`) },
  })
  return { reaction, ids }
}

async function removeLeases(port: StoragePort): Promise<void> {
  for (const { document, etag } of await port.leases.list({ projection: 'mail', version: 1 })) {
    await port.leases.remove(document.id, etag)
  }
}

it.each(['now', 'start'] as const)(
  'a reaction that lost its leases goes on where it was, begun at %s',
  async (from) => {
    await using port = openMemory({ ranges: 2 })
    await append(port, 's:0', [1])
    const first = mail(from)
    const before = await startProcessor(port, [first.reaction], fast)
    for (let i = 0; i < 10; i++) await append(port, `s:${i}`, [1])
    await untilCaughtUp(port, [first.reaction])
    port.split('40')
    for (let i = 0; i < 10; i++) await append(port, `s:${i}`, [1])
    await untilCaughtUp(port, [first.reaction])
    await before.stop()
    for (let i = 0; i < 10; i++) await append(port, `s:${i}`, [1])
    await removeLeases(port)
    port.split('C0')

    const second = mail(from)
    await using after = await startProcessor(port, [second.reaction], fast)
    await untilCaughtUp(port, [second.reaction])
    await append(port, 's:0', [1])
    await until('it is called', () => second.ids.length >= 11)
    await after.stop()
    expect(first.ids).toHaveLength(from === 'now' ? 20 : 21)
    expect(second.ids.toSorted()).toEqual(['s:0@4', 's:0@5', ...Array.from({ length: 9 }, (_, i) => `s:${i + 1}@3`)])
  },
)

it('a reaction whose leases are removed while it runs goes on', async () => {
  await using port = openMemory({ ranges: 2 })
  const { reaction, ids } = mail()
  await using processor = await startProcessor(port, [reaction], fast)
  await append(port, 's:1', [1])
  // Its place is saved, too: else one of the leases may be another one by the time that it is removed.
  await untilCaughtUp(port, [reaction])
  await removeLeases(port)
  for (let version = 2; version < 6; version++) {
    await append(port, 's:1', [1])
    await until('it is called again', () => ids.length >= version)
  }
  await until('it has leases again', async () => (await port.leases.list({ projection: 'mail' })).length === 2)
  await processor.stop()
  expect(ids).toEqual(['s:1@1', 's:1@2', 's:1@3', 's:1@4', 's:1@5'])
})

it('of two workers that begin at once, around a cut, neither misses what comes after the first one has begun', async () => {
  await using port = openMemory({ ranges: 1 })
  const { reaction, ids } = mail()
  // The second one looks at the leases before there are any, and then stands still.
  const held = holding(port, 'after', (call) => call === 'leases.list')
  const second = startProcessor(held.port, [reaction], fast)
  await held.reached
  const first = await startProcessor(port, [reaction], fast)
  await append(port, 's:1', [1])
  await first.stop()
  port.split('40')
  await append(port, 's:2', [1])
  held.release()
  await using processor = await second
  await until('both are called', () => new Set(ids).size === 2)
  await processor.stop()
})

it('tells when it begins after events that are there already, and only then', async () => {
  const notices: VersionNotice[] = []
  const onVersion = (notice: VersionNotice) => notices.push(notice)
  await using empty = openMemory()
  await (await startProcessor(empty, [mail().reaction], { ...fast, onVersion })).stop()
  await append(empty, 's:1', [1])
  await (await startProcessor(empty, [mail().reaction], { ...fast, onVersion })).stop()
  expect(notices).toEqual([])
  await using port = openMemory()
  await append(port, 's:1', [1])
  await (await startProcessor(port, [mail('start').reaction], { ...fast, onVersion })).stop()
  expect(notices).toEqual([])
  await port.viewStore.drop('$progress-mail', 1)
  await removeLeases(port)
  await (await startProcessor(port, [mail().reaction], { ...fast, onVersion })).stop()
  expect(notices).toEqual([{ kind: 'begun', projection: 'mail', version: 1 }])
})

it('records where it begins on more ranges than one document has room for', async () => {
  await using port = openMemory({ ranges: 600, limits: { bytesPerView: 100_000 } })
  const { reaction, ids } = mail()
  const patient = { pollInterval: 20, leaseDuration: 10_000 }
  const first = await startProcessor(port, [reaction], patient)
  await first.stop()
  for (let i = 0; i < 5; i++) await append(port, `s:${i}`, [1])
  await removeLeases(port)
  await using second = await startProcessor(port, [reaction], patient)
  await until('all are called', () => ids.length === 5)
  await second.stop()
})
