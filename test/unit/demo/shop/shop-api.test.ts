import { expect, it } from 'vitest'
import { shopInMemory } from './support.ts'

it('recognises a repeat by the id of the event', async () => {
  const { post, get } = await shopInMemory()
  const added = { type: 'ProductAdded', id: 'e-1', userId: 7, product: { id: 1 } }
  const first = await post(added)
  expect(first.status).toBe(201)
  expect(await post(added)).toMatchObject({ status: 200, position: first.position, body: { duplicate: true } })
  expect((await post({ ...added, product: { id: 2 } })).status).toBe(409)
  expect((await get('/subjects/user:7/log', first.position)).body.items).toHaveLength(1)
})

it('recognises a repeat by the Idempotency-Key, and none without either', async () => {
  const { post, get } = await shopInMemory()
  const added = { type: 'product_added', user_id: '7', product_id: 'p' }
  const key = { 'idempotency-key': 'k-1' }
  expect((await post(added, key)).status).toBe(201)
  expect((await post(added, key)).status).toBe(200)
  expect(await post(added)).toMatchObject({ status: 201, body: { deduplicated: false } })
  const { position } = await post(added)
  expect((await get('/subjects/user:7/log', position)).body.items).toHaveLength(3)
})

it('takes a batch, whose subjects a read with its position shows as the rules made them', async () => {
  const { post, get } = await shopInMemory()
  const { status, position } = await post([
    { type: 'login', user_id: 7, timestamp: 1_796_040_000 },
    { event_type: 'add_to_cart', user: { id: 7 }, data: { product_id: 'first' } },
    { type: 'ItemAdded', user_id: '7', item: 'last' },
    { type: 'order.completed', user_id: 8, order: { id: 9 } },
  ])
  expect(status).toBe(201)
  expect(await get('/subjects/user:7', position)).toMatchObject({
    status: 200,
    body: {
      id: 'user:7',
      properties: { last_login: '2026-11-30T12:00:00.000Z', last_product_added: 'last' },
    },
  })
  expect((await get('/subjects/user:8', position)).body.properties).toEqual({ last_order: 9 })
})

it('shows a subject as it was before the last change', async () => {
  const { post, get } = await shopInMemory()
  const first = await post({ type: 'product_added', user_id: 7, product_id: 'first' })
  await get('/subjects/user:7', first.position)
  const between = new Date().toISOString()
  await new Promise((resolve) => setTimeout(resolve, 5))
  const second = await post({ type: 'product_added', user_id: 7, product_id: 'second' })
  const now = await get('/subjects/user:7', second.position)
  expect(now.body.properties).toEqual({ last_product_added: 'second' })
  const then = await get(`/subjects/user:7?asOf=${between}`)
  expect(then.body.properties).toEqual({ last_product_added: 'first' })
  expect((await get('/subjects/user:7?asOf=yesterday')).status).toBe(400)
})

it('has a log in pages, with the time of recording where the sender named none', async () => {
  const { post, get } = await shopInMemory()
  const { position } = await post([1, 2, 3].map((n) => ({ type: 'login', user_id: 7, n })))
  const first = await get('/subjects/user:7/log?limit=2', position)
  expect(first.body.items).toMatchObject([
    { type: 'login', timestamp: expect.stringMatching(/^\d{4}-.*Z$/), n: 1 },
    { type: 'login', n: 2 },
  ])
  const second = await get(`/subjects/user:7/log?limit=2&after=${first.body.next}`)
  expect(second.body).toEqual({ items: [expect.objectContaining({ n: 3 })] })
  expect((await get('/subjects/user:7/log?limit=0')).status).toBe(400)
  expect((await get('/subjects/user:7/log?after=x')).status).toBe(400)
})

it('stores events of other types, and of nobody, and no rule takes them', async () => {
  const { storage, post, get } = await shopInMemory()
  const { position } = await post([
    { type: 'page_viewed', user_id: 7, page: '/tea' },
    { type: 'product_added', product_id: 'p' },
    { type: 'order_placed', user_id: 7 },
  ])
  expect(await get('/subjects/user:7', position)).toMatchObject({ status: 200, body: { properties: {} } })
  expect((await get('/subjects/user:7/log')).body.items).toEqual([])
  const { events } = await storage.events.load('user:7')
  expect(events.map(({ eventType, eventData }) => [eventType, eventData])).toEqual([
    ['page_viewed', { type: 'page_viewed', user_id: '7', page: '/tea' }],
    ['OrderPlaced', { type: 'order_placed', user_id: '7' }],
  ])
})

it('takes CloudEvents, too', async () => {
  const { post, get } = await shopInMemory()
  const event = { specversion: '1.0', id: '1', source: '/app', type: 'ProductAdded', time: '2026-11-30T12:00:00Z' }
  const data = { user_id: '7', product_id: 'p' }
  const type = { 'content-type': 'application/cloudevents+json' }
  const { status, position } = await post({ ...event, data }, type)
  expect(status).toBe(201)
  expect((await get('/subjects/user:7/log', position)).body.items).toMatchObject([{ type: 'ProductAdded', ...data }])
})

it.each([
  [{ user_id: 1 }, 'type'],
  [{ type: 'login', user_id: 'a/b' }, 'user_id'],
  [{ type: 'login', user_id: 'a:b' }, 'user_id'],
  // As long as the id of a stream may be, but not that of its subject.
  [{ type: 'login', user_id: 'x'.repeat(190) }, 'user_id'],
  [[{ type: 'login', user_id: 1 }, {}], '[1].type'],
  [[7], '[0]'],
])('refuses %j with the path of what is wrong, and stores nothing', async (body, path) => {
  const { storage, post } = await shopInMemory()
  expect(await post(body)).toMatchObject({ status: 400, body: { code: 'InvalidRequest', errors: [{ path }] } })
  expect(await Array.fromAsync(storage.events.query({}))).toEqual([])
})

it('answers with a problem where there is no subject, or can be none', async () => {
  const { get } = await shopInMemory()
  for (const path of ['/subjects/user:1', '/subjects/user:1/log']) {
    expect(await get(path)).toMatchObject({ status: 404, body: { code: 'NotFound', id: 'user:1' } })
  }
  for (const path of ['/subjects/a:b:c', '/subjects/%0a/log', '/subjects/user:']) {
    expect(await get(path)).toMatchObject({ status: 400, body: { code: 'InvalidStreamId' } })
  }
  expect(await get('/nothing')).toMatchObject({ status: 404, body: { code: 'NotFound' } })
})

it('says what to try, at the address that it was asked at', async () => {
  const { url } = await shopInMemory()
  const text = await (await fetch(url)).text()
  expect(text.match(/^ {2}curl /gm)).toHaveLength(5)
  expect(text).toContain(`curl -sS ${url}/subjects/user:456/log`)
})
