import { expect, it } from 'vitest'
import { StreamDeleted, StreamNotFound } from '../../../../src/core/errors/index.ts'
import type { NewEventDocument } from '../../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import type {
  StateAnswer,
  StreamAnswer,
  StreamEventsAnswer,
  StreamsAnswer,
} from '../../../../src/dashboard/contract/requests.ts'
import type { Foldable } from '../../../../src/dashboard/server/folding.ts'
import { append } from '../../processor/support.ts'
import { type Api, idleFolding, openApi } from './support.ts'

const LOADED: readonly Foldable[] = [
  { kind: 'aggregate', name: 'account', version: null, category: 'account' },
  { kind: 'projection', name: 'account', version: 4, category: null },
  { kind: 'reaction', name: 'mails', version: 1, category: null },
]

/** A thread whose states say what they were asked for. */
const answering = (calls: unknown[] = []) => ({
  ...idleFolding,
  loaded: async () => LOADED,
  stateAt: async (...args: unknown[]) => {
    calls.push(args)
    return { before: null, after: null, diff: [], error: null }
  },
})

async function write(storage: StoragePort, streamId: string, event: Partial<NewEventDocument>): Promise<void> {
  const metadata = { eventId: crypto.randomUUID(), ...event.metadata }
  await storage.events.append(streamId, [{ eventType: 'Noted', eventData: {}, ...event, metadata }], {
    expectedVersion: 'any',
  })
}

const idsOf = async (api: Api, query: string) => {
  const answer = (await api.get(`streams?${query}`)) as StreamsAnswer
  return { ids: answer.streams.map(({ streamId }) => streamId), next: answer.next }
}

it('lists streams with their versions, by category and by prefix, page by page', async () => {
  const api = openApi()
  for (const id of ['account:1', 'account:10', 'account:11', 'account:2', 'other:1'])
    await append(api.storage, id, [1, 2])
  expect(await api.get('streams?limit=1')).toEqual({
    streams: [{ streamId: 'account:1', version: 2 }],
    next: 'account:1',
  })
  expect(await idsOf(api, 'category=other')).toEqual({ ids: ['other:1'], next: null })
  expect(await idsOf(api, 'prefix=account:1')).toEqual({ ids: ['account:1', 'account:10', 'account:11'], next: null })
  expect(await idsOf(api, 'prefix=account:1&limit=2')).toEqual({ ids: ['account:1', 'account:10'], next: 'account:10' })
  expect(await idsOf(api, 'prefix=account:1&limit=2&after=account:10')).toEqual({ ids: ['account:11'], next: null })
  expect(await idsOf(api, 'prefix=acc&category=other')).toEqual({ ids: [], next: null })
})

it('pages through a prefix without missing or repeating a stream, whatever the ids are', async () => {
  const api = openApi()
  const ids = ['a:\u{1f600}', 'a:\uff5e', 'a:z', 'a:%', 'a:%25', 'a:\u202e', 'a:a:b', 'b:1']
  for (const id of ids) await append(api.storage, id, [1])
  const seen: string[] = []
  for (let after = ''; ; ) {
    const page = await idsOf(api, `prefix=a:&limit=1&after=${encodeURIComponent(after)}`)
    seen.push(...page.ids)
    if (page.next === null) break
    after = page.next
  }
  expect(seen.toSorted()).toEqual(ids.filter((id) => id.startsWith('a:')).toSorted())
})

it('shows what a stream can be folded by, and that it was deleted', async () => {
  const api = openApi({ folding: answering() })
  await append(api.storage, 'account:1', [1])
  await append(api.storage, 'other:1', [1])
  expect(((await api.get('streams/account:1')) as StreamAnswer).folds).toEqual([
    { kind: 'aggregate', name: 'account', version: null },
    { kind: 'projection', name: 'account', version: 4 },
  ])
  expect(((await api.get('streams/other:1')) as StreamAnswer).folds).toMatchObject([{ kind: 'projection' }])
  await api.storage.events.tombstone('other:1', { metadata: { eventId: crypto.randomUUID() } }, { expectedVersion: 1 })
  expect(await api.get('streams/other:1')).toEqual({ streamId: 'other:1', version: 0, deleted: true, folds: [] })
  await expect(api.get('streams/account:2')).rejects.toThrow(StreamNotFound)
  await expect(api.get('streams/other:1/events')).rejects.toThrow(StreamDeleted)
})

it('shows the newest events first, page by page, with what caused them', async () => {
  const api = openApi()
  await write(api.storage, 'account:1', { metadata: { eventId: 'first', correlationId: 'c' } })
  await write(api.storage, 'account:1', {
    eventType: 'Not\u200bed',
    eventData: { html: '<script>\u200b' },
    metadata: {
      eventId: 'second',
      causationId: 'first',
      occurredAt: '2026-01-01T12:00+01:00',
      salt: 'c2FsdA',
      mac: 'bWFj',
    },
  })
  const { events } = (await api.get('streams/account:1/events')) as StreamEventsAnswer
  expect(events).toMatchObject([
    {
      version: 2,
      id: 'second',
      type: 'Not\\u200bed',
      occurredAt: '2026-01-01T11:00:00.000Z',
      causationId: 'first',
      cause: { streamId: 'account:1', version: 1 },
      data: { text: '{\n  "html": "<script>\\u200b"\n}' },
    },
    { version: 1, id: 'first', correlationId: 'c', cause: null },
  ])
  expect(events[0]?.metadata.text).not.toMatch(/salt|mac/)
  const page = (await api.get('streams/account:1/events?limit=1')) as StreamEventsAnswer
  expect(page.next).toBe(2)
  expect(await api.get('streams/account:1/events?limit=1&before=2')).toMatchObject({
    events: [{ version: 1 }],
    next: null,
  })
})

it.each(['keys', 'none'] as const)(
  'shows no value of an event or a view where of payloads only %s are shown',
  async (payloads) => {
    const api = openApi({ payloads, folding: { ...answering(), loaded: async () => [] } })
    const hidden = { name: 'needle', deep: [{ note: 'a needle', quantity: 424_242 }], flag: true }
    await write(api.storage, 'account:1', {
      eventData: hidden,
      metadata: { eventId: 'e', user: hidden, occurredAt: 'needle' },
    })
    const answers = [await api.get('streams/account:1'), await api.get('streams/account:1/events')]
    expect(JSON.stringify(answers)).not.toMatch(/needle|424242/)
    expect(JSON.stringify(answers).includes('quantity')).toBe(payloads === 'keys')
  },
)

it('reads large events one at a time, and ends a page before it holds many of them', async () => {
  const api = openApi()
  const text = 'x'.repeat(1_500_000)
  for (let i = 0; i < 12; i++) await write(api.storage, 'big:1', { eventData: { text } })
  const limits: number[] = []
  const events = {
    ...api.storage.events,
    load: (id: string, options: { limit?: number } = {}) => {
      limits.push(options.limit ?? 0)
      return api.storage.events.load(id, options)
    },
  }
  const { get } = openApi({ storage: { ...api.storage, events } })
  const answer = (await get('streams/big:1/events?limit=100')) as StreamEventsAnswer
  expect(answer.events).toHaveLength(3)
  expect(answer.next).toBe(10)
  expect(JSON.stringify(answer).length).toBeLessThan(5 * 66_000)
  expect(Math.max(...limits)).toBe(1)
})

it('finds the state at a time by the last event that was recorded until then', async () => {
  const calls: unknown[] = []
  const api = openApi({ folding: answering(calls) })
  const times = ['10:00:00', '10:00:00', '10:00:05', '10:01:00'].map((time) => `2026-03-01T${time}.000Z`)
  for (const recordedAt of times) {
    const event = { eventType: 'Noted', eventData: {}, metadata: { eventId: crypto.randomUUID() } }
    await api.storage.events.append('account:1', [event], { expectedVersion: 'any', recordedAt: new Date(recordedAt) })
  }
  const at = async (time: string) =>
    ((await api.get(`streams/account:1/state?fold=account&at=2026-03-01T${time}Z`)) as StateAnswer).version
  expect([await at('09:59:59'), await at('10:00:00'), await at('10:00:59'), await at('23:00:00')]).toEqual([0, 2, 3, 4])
  expect(calls[1]).toEqual([{ kind: 'aggregate', name: 'account' }, 'account:1', 2])
  expect(await api.get('streams/account:1/state?fold=account&kind=projection&version=3')).toMatchObject({
    version: 3,
    head: 4,
    event: { version: 3 },
  })
  expect(calls.at(-1)).toEqual([{ kind: 'projection', name: 'account' }, 'account:1', 3])
})

it('refuses ids and prefixes that are too long', async () => {
  const { get } = openApi()
  await expect(get(`streams/a:${'k'.repeat(1_024)}`)).rejects.toMatchObject({ code: 'InvalidStreamId' })
  await expect(get(`streams?prefix=${'p'.repeat(2_000)}`)).rejects.toMatchObject({ code: 'InvalidOption' })
})

it.each([
  ['streams?limit=0', 'InvalidOption'],
  ['streams?limit=201', 'InvalidOption'],
  ['streams?limit=-1', 'InvalidOption'],
  ['streams/none', 'InvalidStreamId'],
  ['streams/a%2Fb:1', 'InvalidStreamId'],
  ['streams/account:1/events?before=0', 'InvalidOption'],
  ['streams/account:1/events?limit=101', 'InvalidOption'],
  ['streams/account:1/state', 'InvalidOption'],
  ['streams/account:1/state?fold=account&version=3', 'InvalidOption'],
  ['streams/account:1/state?fold=account&version=1&at=2026-01-01T00:00:00Z', 'InvalidOption'],
  ['streams/account:1/state?fold=account&at=yesterday', 'InvalidOption'],
  ['streams/account:1/state?fold=account&kind=reaction', 'InvalidOption'],
  ['streams/account:1/state?fold=mails', 'DefinitionNotLoaded'],
  ['streams/account:1/state?fold=nothing', 'DefinitionNotLoaded'],
])('refuses %s with %s', async (path, code) => {
  const api = openApi({ folding: answering() })
  await append(api.storage, 'account:1', [1, 2])
  await expect(api.get(path)).rejects.toMatchObject({ code })
})
