import { expect, test } from 'vitest'
import type { StreamEventsAnswer, StreamsAnswer } from '../../../../src/dashboard/contract/requests.ts'
import { serveForTest, VIEWER } from './serving.ts'

const HOSTILE = [
  'evil:<script>alert(1)<b>',
  'evil:javascript:alert(1)',
  'evil:\u202eabc',
  'evil:100%',
  'evil:%2F..%2F',
  'evil:..',
  'evil: spaced  ',
  'evil:a&b=c+d;e',
  'evil:\u{1f600}"\'`',
  `evil:${'x'.repeat(195)}`,
  '__proto__:constructor',
]
// A type must not have what turns the direction of text.
const typeOf = (id: string) => id.replace('\u202e', '<i>')

const KILOBYTE = 1024
const authorization = `Bearer ${VIEWER}`

const answerOf = async <T>(response: Response) => {
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  return (await response.json()) as T
}

test('streams and events of hostile names are found again by their addresses, and sent as data', async () => {
  await using dashboard = await serveForTest()
  const eventData = JSON.parse('{"__proto__":{"polluted":true},"<img src=x>":"\\u202e\\u0000","constructor":1}')
  for (const id of HOSTILE) {
    const document = { eventType: typeOf(id), eventData, metadata: { eventId: crypto.randomUUID() } }
    await dashboard.storage.events.append(id, [document], { expectedVersion: 0 })
  }
  for (const id of HOSTILE) {
    const text = encodeURIComponent(id)
    const get = (path: string) => dashboard.get(`/api/${path}`, { authorization })
    expect(await answerOf(await get(`streams/${text}`))).toMatchObject({ streamId: id, version: 1 })
    const { streams } = await answerOf<StreamsAnswer>(await get(`streams?prefix=${text}`))
    expect(streams).toEqual([{ streamId: id, version: 1 }])
    const { events } = await answerOf<StreamEventsAnswer>(await get(`streams/${text}/events`))
    expect(events[0]?.type).toBe(typeOf(id))
    expect(JSON.parse(events[0]?.data.text ?? '')).toEqual(eventData)
    expect(events[0]?.data.text).toContain('"\\u202e\\u0000"')
  }
  expect(dashboard.errors).toEqual([])
})

test('an event of megabytes is cut before it is sent', async () => {
  await using dashboard = await serveForTest()
  const eventData = { text: 'x'.repeat(1_900 * KILOBYTE) }
  const document = { eventType: 'Large', eventData, metadata: { eventId: crypto.randomUUID() } }
  await dashboard.storage.events.append('large:1', [document], { expectedVersion: 0 })
  const response = await dashboard.get('/api/streams/large:1/events', { authorization })
  expect(Number(response.headers.get('content-length'))).toBeLessThan(66 * KILOBYTE)
  const { events } = await answerOf<StreamEventsAnswer>(response)
  expect(events[0]?.data).toMatchObject({ cut: true, bytes: JSON.stringify(eventData).length })
})
