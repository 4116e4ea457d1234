import { beforeEach, describe, expect, it } from 'vitest'
import { deleteStream } from '../../../../../src/core/append/delete-stream.ts'
import type { NewEventDocument } from '../../../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { sweepPayloads } from '../../../../../src/privacy/payloads/audit/sweep-payloads.ts'
import { type PayloadFault, verifyPayloads } from '../../../../../src/privacy/payloads/audit/verify-payloads.ts'
import type { NewPayload } from '../../../../../src/privacy/payloads/payloads.ts'
import { manualClock } from '../../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../../src/testing/memory/index.ts'
import { givenPayload, referenceTo } from '../../../../support/payloads/given.ts'
import { type MemoryPayloads, memoryPayloads } from '../../../../support/payloads/memory-payloads.ts'

const HOUR = 3_600_000

let storage: StoragePort
let store: MemoryPayloads
let clock: ReturnType<typeof manualClock>
beforeEach(async () => {
  clock = manualClock()
  storage = await openMemory()
  store = memoryPayloads('memory', () => new Date(clock.now()))
})

const rules = () => [
  { name: 'gdpr', when: () => false, store },
  { name: 'all', store },
]

/** Stores a payload, and appends its event to `member:<n>`. */
async function append(
  n: number,
  payload: NewPayload = givenPayload('ann', n),
  rule = 'all',
  k?: string,
): Promise<NewPayload> {
  await store.put(payload.key, payload.content)
  const { in: name, key, bytes, sha256 } = referenceTo(payload, rule)
  const reference = { in: name, key, bytes, sha256, ...(k !== undefined && { k }) }
  const event: NewEventDocument = {
    eventType: 'MemberRegistered',
    eventData: { memberId: 'm', $apart: { scan: reference } },
    metadata: { eventId: `event-${n}` },
  }
  await storage.events.append(`member:${n}`, [event], { expectedVersion: 'any' })
  return payload
}

describe('sweeping payloads', () => {
  it('removes what an append that failed has left, a day later, and nothing that an event refers to', async () => {
    const kept = await append(1)
    const orphan = givenPayload('ann', 2)
    await store.put(orphan.key, orphan.content)
    expect(await sweepPayloads(storage, rules(), { clock })).toMatchObject({ objects: 2, recent: 2, removed: 0 })
    clock.advance(25 * HOUR)
    const seen: number[] = []
    const onProgress = ({ objects }: { readonly objects: number }) => seen.push(objects)
    expect(await sweepPayloads(storage, rules(), { clock, onProgress })).toEqual({
      objects: 2,
      recent: 0,
      referred: 1,
      unknown: 0,
      orphans: 1,
      orphanBytes: 20,
      removed: 1,
    })
    expect([...store.objects.keys()]).toEqual([kept.key])
    expect(seen.at(-1)).toBe(2)
  })

  it('removes the object of a repeat that decided otherwise, and keeps the one that the event refers to', async () => {
    const kept = await append(1)
    const other = givenPayload('ann', 1, { size: 21 })
    await store.put(other.key, other.content)
    clock.advance(25 * HOUR)
    expect(await sweepPayloads(storage, rules(), { clock })).toMatchObject({ referred: 1, orphans: 1, removed: 1 })
    expect([...store.objects.keys()]).toEqual([kept.key])
  })

  it('only counts in a dry run', async () => {
    await append(1)
    const orphan = givenPayload('ann', 2)
    await store.put(orphan.key, orphan.content)
    clock.advance(25 * HOUR)
    const report = await sweepPayloads(storage, rules(), { clock, dryRun: true })
    expect(report).toMatchObject({ orphans: 1, orphanBytes: 20, removed: 0 })
    expect(store.objects.size).toBe(2)
  })

  it('removes the payloads of a stream that was deleted', async () => {
    await append(1)
    await append(2)
    await deleteStream(storage, 'member:1')
    clock.advance(25 * HOUR)
    expect(await sweepPayloads(storage, rules(), { clock })).toMatchObject({ referred: 1, removed: 1 })
  })

  it('leaves objects alone that are not payloads', async () => {
    await append(1)
    await store.put('readme', Buffer.from('x'))
    await store.put('a/b%2Fc/d/e', Buffer.from('x'))
    clock.advance(25 * HOUR)
    expect(await sweepPayloads(storage, rules(), { clock })).toMatchObject({ unknown: 2, removed: 0 })
  })

  it('looks at a store once that has several rules, and at an age as asked', async () => {
    await append(1)
    const orphan = givenPayload('ann', 2)
    await store.put(orphan.key, orphan.content)
    clock.advance(1_001)
    const report = await sweepPayloads(storage, rules(), { clock, olderThan: 1_000 })
    expect(report).toMatchObject({ objects: 2, removed: 1 })
  })

  it('refuses an empty storage, against which every object would be an orphan, and an odd age', async () => {
    await store.put(givenPayload('ann', 2).key, Buffer.from('x'))
    clock.advance(25 * HOUR)
    await expect(sweepPayloads(storage, rules(), { clock })).rejects.toThrow(
      expect.objectContaining({ code: 'InvalidConfiguration', setting: 'storage' }),
    )
    await expect(sweepPayloads(storage, rules(), { olderThan: -1 })).rejects.toThrow('olderThan')
    expect(store.objects.size).toBe(1)
  })

  it('removes nothing when the log cannot be read', async () => {
    await append(1)
    clock.advance(25 * HOUR)
    const findAppend = () => Promise.reject(new Error('unavailable'))
    const failing = { events: { ...storage.events, streams: () => storage.events.streams(), findAppend } }
    await expect(sweepPayloads(failing, rules(), { clock })).rejects.toThrow('unavailable')
    expect(store.objects.size).toBe(1)
  })
})

describe('verifying payloads', () => {
  it('finds each that is lost, tampered with, without a rule, or still there although its person was forgotten', async () => {
    await append(1)
    const lost = await append(2)
    const tampered = await append(3)
    await append(4, undefined, 'gone')
    const forgotten = await append(5, undefined, 'all', 'key.1')
    await append(6, undefined, 'all', 'key.1')
    await append(7, undefined, 'all', 'key.2')
    store.objects.delete(lost.key)
    store.objects.delete(forgotten.key)
    const object = store.objects.get(tampered.key)
    object?.bytes.set([0], 3)
    const faults: PayloadFault[] = []
    const report = await verifyPayloads(storage, rules(), {
      isForgotten: async (key) => key === 'key.1',
      onFault: (fault) => faults.push(fault),
    })
    expect(report).toEqual({ events: 7, payloads: 7, intact: 2, forgotten: 1, faults: 4 })
    expect(faults.map(({ kind, event, rule }) => `${kind} ${event} ${rule}`).sort()).toEqual([
      'lost member:2@1 all',
      'noRule member:4@1 gone',
      'tampered member:3@1 all',
      'unforgotten member:6@1 all',
    ])
    expect(faults.every(({ field }) => field === 'scan')).toBe(true)
  })

  it('fails, rather than reports a loss, when a store fails', async () => {
    await append(1)
    store.before = () => {
      throw new Error('503')
    }
    await expect(verifyPayloads(storage, rules())).rejects.toThrow('503')
  })
})
