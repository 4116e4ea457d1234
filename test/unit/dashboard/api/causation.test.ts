import { expect, it } from 'vitest'
import { uuidV7 } from '../../../../src/core/append/uuid.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { timeOfUuid } from '../../../../src/dashboard/api/causation/find-event.ts'
import { scan } from '../../../../src/dashboard/api/causation/scan.ts'
import type { CausationAnswer } from '../../../../src/dashboard/contract/requests.ts'
import { openApi } from './support.ts'

const START = Date.UTC(2026, 2, 1)

type Written = { readonly id: string; readonly cause?: string; readonly correlation?: string; readonly after?: number }

async function write(storage: StoragePort, streamId: string, events: readonly Written[]): Promise<void> {
  for (const { id, cause, correlation, after = 0 } of events) {
    const metadata = {
      eventId: id,
      ...(cause !== undefined && { causationId: cause }),
      ...(correlation !== undefined && { correlationId: correlation }),
    }
    await storage.events.append(streamId, [{ eventType: 'Noted', eventData: {}, metadata }], {
      expectedVersion: 'any',
      recordedAt: new Date(START + after),
    })
  }
}

const idsIn = (answer: unknown) => (answer as CausationAnswer).events.map(({ id }) => id)

it('follows causes back and effects forth over streams, in the order of recording', async () => {
  const { storage, get } = openApi()
  await write(storage, 'order:1', [{ id: 'placed' }, { id: 'unrelated', after: 1 }])
  await write(storage, 'invoice:1', [{ id: 'issued', cause: 'placed', after: 2_000 }])
  await write(storage, 'mail:1', [
    { id: 'sent', cause: 'issued', after: 30_000 },
    { id: 'read', cause: 'sent', after: 40_000 },
    { id: 'bounced', cause: 'something else', after: 50_000 },
  ])
  const answer = await get('causation?id=issued&stream=invoice:1')
  expect(answer).toMatchObject({
    cut: false,
    events: [{ streamId: 'order:1', version: 1, causationId: null }, {}, {}, {}],
  })
  expect(idsIn(answer)).toEqual(['placed', 'issued', 'sent', 'read'])
})

it('finds what shares a correlation, from the first cause on', async () => {
  const { storage, get } = openApi()
  await write(storage, 'a:1', [{ id: 'one', correlation: 'c' }])
  await write(storage, 'b:1', [
    { id: 'two', correlation: 'c', cause: 'one', after: 10 },
    { id: 'other', correlation: 'd', after: 20 },
    { id: 'three', correlation: 'c', after: 30 },
  ])
  expect(idsIn(await get('causation?id=two&stream=b:1'))).toEqual(['one', 'two', 'three'])
})

it('finds an event without its stream by the time in its id', async () => {
  const { storage, get } = openApi()
  const id = uuidV7(Date.UTC(2100, 0, 1))
  expect(timeOfUuid(id)).toBe(Date.UTC(2100, 0, 1))
  expect(timeOfUuid(crypto.randomUUID())).toBeUndefined()
  const event = { eventType: 'Noted', eventData: {}, metadata: { eventId: id } }
  await storage.events.append('a:1', [event], {
    expectedVersion: 'any',
    recordedAt: new Date(Date.UTC(2100, 0, 1) + 50),
  })
  expect(idsIn(await get(`causation?id=${id}`))).toEqual([id])
  expect(await get('causation?id=nowhere')).toEqual({ events: [], cut: false })
})

it('does not go round in circles, and says what it leaves out', async () => {
  const { storage, get } = openApi()
  await write(storage, 'a:1', [
    { id: 'one', cause: 'two' },
    { id: 'two', cause: 'one', after: 1 },
  ])
  expect(idsIn(await get('causation?id=one&stream=a:1'))).toEqual(['one', 'two'])
  await write(storage, 'b:1', [{ id: 'root', after: 2 }])
  await write(
    storage,
    'c:1',
    Array.from({ length: 250 }, (_, i) => ({ id: `effect-${i}`, cause: 'root', after: 3 + i })),
  )
  const many = (await get('causation?id=root&stream=b:1')) as CausationAnswer
  expect(many.events).toHaveLength(200)
  expect(many.cut).toBe(true)
})

it.each(['causation', `causation?id=${'i'.repeat(2_000)}`, 'causation?id=x&stream=none'])(
  'refuses %s',
  async (path) => {
    await expect(openApi().get(path)).rejects.toMatchObject({ code: expect.stringMatching(/^Invalid/) })
  },
)

it('keeps no data of the events that it finds', async () => {
  const { storage } = openApi()
  await write(storage, 'order:1', [{ id: 'placed', correlation: 'c' }])
  const budget = { left: 10, isSpent: false, signal: new AbortController().signal }
  const [found] = await scan(storage.events, START, START + 1, budget, () => true)
  expect(Object.keys(found ?? {}).sort()).toEqual(['eventType', 'metadata', 'stream'])
})
