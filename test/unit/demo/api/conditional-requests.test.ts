import { describe, expect, it } from 'vitest'
import { viewETag } from '../../../../src/http/etags.ts'
import { readEvents } from '../../../support/http/read-events.ts'
import { until } from '../../../support/projecting/until.ts'
import { openDemo, readingsOf, registration } from '../support.ts'

describe('the ETag of a meter', () => {
  it('is its year and version, the same from a read and from the write before it', async () => {
    const demo = await openDemo({ projecting: false })
    expect((await demo.register('m')).headers.etag).toBe('"2026:1"')
    expect((await demo.get('/meters/m')).headers.etag).toBe('"2026:1"')
    expect((await demo.activate('m')).headers.etag).toBe('"2026:2"')
    expect((await demo.get('/meters/m?asOf=2026-11-20T23:00:00Z')).headers.etag).toBe('"2026:2"')
  })

  it('is not sent where the write is about another version than the current one', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.register('m')
    const key = { 'idempotency-key': 'k' }
    expect((await demo.activate('m', key)).headers.etag).toBe('"2026:2"')
    expect((await demo.activate('m', key)).headers).not.toHaveProperty('etag')
    const closed = await demo.post('/meters/m/years/2026/close')
    expect(closed.status).toBe(200)
    expect(closed.headers).not.toHaveProperty('etag')
    expect((await demo.get('/meters/m')).headers.etag).toBe('"2027:1"')
  })

  it('makes a read that has it a 304 without a body', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.register('m')
    const unchanged = await demo.get('/meters/m', { 'if-none-match': 'W/"2026:1"' })
    expect(unchanged).toMatchObject({ status: 304, body: '', headers: { etag: '"2026:1"' } })
    expect((await demo.get('/meters/m', { 'if-none-match': '"2026:2"' })).status).toBe(200)
    expect(await demo.get('/meters/m', { 'if-none-match': 'x' })).toMatchObject({
      status: 400,
      body: { code: 'InvalidPrecondition' },
    })
  })
})

describe('the changes of a meter', () => {
  it('are its view, as it is and each time that it changes', async () => {
    const demo = await openDemo()
    const { position } = await demo.register('m')
    await demo.get('/meters', { 'tidemark-position': position })
    const url = await demo.api.listen({ host: '127.0.0.1', port: 0 })
    const stream = await readEvents(`${url}/meters/m/changes`)
    expect(stream.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-request-id': expect.any(String) })
    await until('the registration is there', () => stream.events.length === 1)
    await demo.activate('m')
    await until('the activation is there', () => stream.events.length === 2)
    const [overview] = (await demo.get('/meters')).body.items
    expect(stream.events[1]?.data).toEqual({ etag: viewETag(overview), meter: overview })
    stream.disconnect()
  })

  it('of a meter that is not there are 404, and of an id that cannot be are 400', async () => {
    const demo = await openDemo({ projecting: false })
    expect(await demo.get('/meters/nobody/changes')).toMatchObject({ status: 404, body: { code: 'MeterNotFound' } })
    expect(await demo.get('/meters/a%3Ab/changes')).toMatchObject({ status: 400, body: { code: 'InvalidStreamId' } })
  })
})

describe('the root', () => {
  it('names what there is, and sends browsers to the documentation', async () => {
    const demo = await openDemo({ projecting: false })
    const root = await demo.get('/')
    expect(root).toMatchObject({ status: 200, body: { documentation: '/docs', openapi: '/docs/json' } })
    for (const url of Object.values(root.body).filter((value) => String(value).startsWith('/'))) {
      expect((await demo.get(String(url))).status, String(url)).toBe(200)
    }
    const browser = await demo.get('/', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
    expect(browser).toMatchObject({ status: 302, headers: { location: '/docs', vary: 'accept' } })
  })
})

describe('If-Match', () => {
  it('lets a write happen at the version that it names, and at no other', async () => {
    const demo = await openDemo({ projecting: false })
    const { etag } = (await demo.register('m')).headers
    const activated = await demo.activate('m', { 'if-match': String(etag) })
    expect(activated).toMatchObject({ status: 200, headers: { etag: '"2026:2"' } })
    const before = await demo.countEvents()
    const stale = { 'if-match': String(etag) }
    const conflict = { status: 412, body: { code: 'WrongExpectedVersion', expected: 1, actual: 2 } }
    expect(await demo.post('/meters/m/readings', readingsOf('2026-11-20'), stale)).toMatchObject(conflict)
    expect(await demo.send('DELETE', '/meters/m', undefined, stale)).toMatchObject(conflict)
    expect(await demo.activate('m', stale)).toMatchObject(conflict)
    expect(await demo.countEvents()).toBe(before)
    const current = { 'if-match': '"2026:1", "2026:2"' }
    expect((await demo.post('/meters/m/readings', readingsOf('2026-11-20'), current)).status).toBe(201)
    expect((await demo.send('DELETE', '/meters/m', undefined, { 'if-match': '*' })).status).toBe(204)
  })

  it('lets one of many writes happen that come at once with the same version', async () => {
    const demo = await openDemo({ projecting: false })
    const { etag } = (await demo.activeMeter('m')).headers
    const days = Array.from({ length: 10 }, (_, i) => `2026-11-${String(i + 1).padStart(2, '0')}`)
    const answers = await Promise.all(
      days.map((day) => demo.post('/meters/m/readings', readingsOf(day), { 'if-match': String(etag) })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(412)])
  })

  it('of a year that is closed since is never current, whatever the version', async () => {
    const demo = await openDemo({ projecting: false })
    const { etag } = (await demo.register('m')).headers
    await demo.post('/meters/m/years/2026/close')
    expect((await demo.get('/meters/m')).headers.etag).toBe('"2027:1"')
    expect(await demo.activate('m', { 'if-match': String(etag) })).toMatchObject({
      status: 412,
      body: { code: 'PreconditionFailed' },
    })
    expect((await demo.activate('m', { 'if-match': '"2027:1"' })).status).toBe(200)
  })

  it('of an open year holds for a command that closes it', async () => {
    const demo = await openDemo({ projecting: false, now: Date.UTC(2027, 0, 1, 12) })
    const { etag } = (await demo.activeMeter('m', { registeredOn: '2026-05-01' })).headers
    expect(etag).toBe('"2026:2"')
    const stale = { 'if-match': '"2026:1"' }
    expect((await demo.post('/meters/m/readings', readingsOf('2027-01-01'), stale)).status).toBe(412)
    expect((await demo.get('/meters/m')).headers.etag).toBe('"2026:2"')
    const current = { 'if-match': String(etag) }
    const collected = await demo.post('/meters/m/readings', readingsOf('2027-01-01'), current)
    expect(collected).toMatchObject({ status: 201, headers: { etag: '"2027:2"' } })
  })

  it('gives way to the first result of a command that is repeated', async () => {
    const demo = await openDemo({ projecting: false })
    const { etag } = (await demo.register('m')).headers
    const headers = { 'if-match': String(etag), 'idempotency-key': 'k' }
    const first = await demo.activate('m', headers)
    expect(first.status).toBe(200)
    expect(await demo.activate('m', headers)).toMatchObject({ status: 200, body: first.body })
  })

  it('is not the only precondition: what must not exist is not written to', async () => {
    const demo = await openDemo({ projecting: false })
    const absent = { 'if-none-match': '*' }
    expect((await demo.register('m')).status).toBe(201)
    const before = await demo.countEvents()
    expect(await demo.activate('m', absent)).toMatchObject({ status: 412, body: { code: 'WrongExpectedVersion' } })
    expect(await demo.send('DELETE', '/meters/m', undefined, absent)).toMatchObject({ status: 412 })
    const refused = { status: 400, body: { code: 'InvalidPrecondition' } }
    expect(await demo.activate('m', { 'if-none-match': '"2026:1"' })).toMatchObject(refused)
    expect(await demo.post('/meters/m/years/2026/close', undefined, absent)).toMatchObject(refused)
    expect(await demo.countEvents()).toBe(before)
  })

  it('is refused where it is malformed, or where nothing could compare it', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.register('m')
    const before = await demo.countEvents()
    const refused = { status: 400, body: { code: 'InvalidPrecondition' } }
    expect(await demo.activate('m', { 'if-match': '2026:1' })).toMatchObject(refused)
    expect(await demo.post('/meters/m/years/2026/close', undefined, { 'if-match': '"2026:1"' })).toMatchObject(refused)
    expect(await demo.post('/meters', registration('n'), { 'if-match': '*' })).toMatchObject(refused)
    expect(await demo.activate('nobody', { 'if-match': '"2026:1"' })).toMatchObject({ status: 404 })
    expect(await demo.countEvents()).toBe(before)
  })
})
