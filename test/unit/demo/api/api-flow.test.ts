import { describe, expect, it } from 'vitest'
import { openDemo, readingsOf, registration } from '../support.ts'

describe('the life of a meter over HTTP', () => {
  it('registers, activates, takes readings, and shows each at once', async () => {
    const demo = await openDemo()
    const registered = await demo.register('87000001')
    expect(registered).toMatchObject({
      status: 201,
      body: { meterId: '87000001', streamId: 'meter:87000001:2026', version: 1 },
    })
    expect(registered.headers.location).toBe('/meters/87000001')
    expect((await demo.get('/meters/87000001')).body).toEqual({
      meterId: '87000001',
      postalCode: '1012 AB',
      houseNumber: '7',
      status: 'registered',
      activationReminded: false,
      failedActivationAttempts: 0,
      latestReadingDate: null,
      version: 1,
    })

    expect(await demo.activate('87000001')).toMatchObject({
      status: 200,
      body: { meterId: '87000001', streamId: 'meter:87000001:2026', version: 2 },
    })
    expect((await demo.get('/meters/87000001')).body).toMatchObject({ status: 'active', version: 2 })

    const collected = await demo.post('/meters/87000001/readings', readingsOf('2026-11-20'))
    expect(collected).toMatchObject({
      status: 201,
      body: { meterId: '87000001', streamId: 'meter:87000001:2026', version: 3 },
    })
    expect((await demo.get('/meters/87000001')).body).toMatchObject({ latestReadingDate: '2026-11-20', version: 3 })
  })

  it('shows what was written in every view that is read with its position', async () => {
    const demo = await openDemo()
    const { position } = await demo.activeMeter('87000001')
    const atActivation = { 'tidemark-position': position }
    expect((await demo.get('/views/total-activated-meters', atActivation)).body).toEqual({ count: 1 })
    expect((await demo.get('/meters?postalCode=1012%20AB', atActivation)).body).toEqual({
      items: [
        {
          meterId: '87000001',
          postalCode: '1012 AB',
          houseNumber: '7',
          status: 'active',
          activationReminded: false,
          failedActivationAttempts: 0,
          latestReadingDate: null,
        },
      ],
    })
    const readings = await demo.post('/meters/87000001/readings', readingsOf('2026-11-20', [12, 0.1, 0.2, 0.2]))
    const week = await demo.get('/views/daily-totals/87000001/2026-W47', { 'tidemark-position': readings.position })
    expect(week).toMatchObject({ status: 200 })
    expect(week.body).toEqual({ meterId: '87000001', week: '2026-W47', days: { '2026-11-20': 12.5 } })
  })

  it('deregisters: the meter stays to be seen, takes no command, and its id is not free again', async () => {
    const demo = await openDemo()
    await demo.activeMeter('87000001')
    const deleted = await demo.send('DELETE', '/meters/87000001')
    expect(deleted).toMatchObject({ status: 204, body: '' })
    const atDeletion = { 'tidemark-position': deleted.position }
    expect((await demo.get('/meters/87000001')).body).toMatchObject({ status: 'deregistered' })
    expect((await demo.get('/meters', atDeletion)).body.items).toMatchObject([{ status: 'deregistered' }])
    expect((await demo.get('/views/total-activated-meters', atDeletion)).body).toEqual({ count: 1 })

    expect(await demo.register('87000001')).toMatchObject({ status: 409, body: { code: 'MeterAlreadyRegistered' } })
    const refused = { status: 409, body: { code: 'MeterIsDeregistered', meterId: '87000001' } }
    expect(await demo.activate('87000001')).toMatchObject(refused)
    expect(await demo.post('/meters/87000001/readings', readingsOf('2026-11-20'))).toMatchObject(refused)
    expect(await demo.post('/meters/87000001/years/2026/close')).toMatchObject(refused)
    expect(await demo.send('DELETE', '/meters/87000001')).toMatchObject(refused)
  })

  it('pages through meters and through events', async () => {
    const demo = await openDemo()
    // The last write says nothing about meters in other feed ranges: each is waited for with its own position.
    for (const id of ['a', 'b', 'c']) {
      await demo.activeMeter(id)
      const { position } = await demo.post(`/meters/${id}/readings`, readingsOf('2026-11-20'))
      await demo.get('/meters', { 'tidemark-position': position })
    }
    const page = await demo.get('/meters?postalCode=1012%20AB&limit=2')
    expect(page.body.items.map((item: { meterId: string }) => item.meterId)).toEqual(['a', 'b'])
    const next = await demo.get(`/meters?postalCode=1012%20AB&limit=2&after=${encodeURIComponent(page.body.next)}`)
    expect(next.body.items.map((item: { meterId: string }) => item.meterId)).toEqual(['c'])
    expect(next.body).not.toHaveProperty('next')
    expect((await demo.get('/meters?postalCode=elsewhere')).body).toEqual({ items: [] })

    const events = await demo.get('/meters/a/events?year=2026&limit=2')
    expect(events.body).toMatchObject({
      items: [
        { version: 1, type: 'MeterRegistered', streamId: 'meter:a:2026', data: { meterId: 'a' } },
        { version: 2, type: 'MeterActivated' },
      ],
      next: '2',
    })
    const rest = await demo.get(`/meters/a/events?limit=2&after=${events.body.next}`)
    expect(rest.body).toMatchObject({ items: [{ version: 3, type: 'MeterReadingsCollected' }] })
    expect(rest.body).not.toHaveProperty('next')
    expect((await demo.get('/meters/a/events?year=2020')).body).toEqual({ items: [] })
    expect((await demo.get('/meters/nobody/events')).status).toBe(404)
  })

  it('shows a meter as it was at a time', async () => {
    const demo = await openDemo({ now: Date.UTC(2026, 10, 20, 12) })
    await demo.register('87000001')
    demo.clock.set(Date.UTC(2026, 10, 21, 12))
    await demo.activate('87000001')
    const at = (time: string) => demo.get(`/meters/87000001?asOf=${encodeURIComponent(time)}`)
    expect((await at('2026-11-20T18:00:00Z')).body).toMatchObject({ status: 'registered', version: 1 })
    expect((await at('2026-11-20T18:00:00')).body).toMatchObject({ status: 'registered', version: 1 })
    expect((await at('2026-11-20T13:30:00+01:00')).body).toMatchObject({ status: 'registered', version: 1 })
    expect((await at('2026-11-22')).body).toMatchObject({ status: 'active', version: 2 })
    expect((await at('2026-11-20T11:00:00Z')).status).toBe(404)
    expect(await at('yesterday')).toMatchObject({ status: 400, body: { errors: [{ path: 'asOf' }] } })
  })

  it('answers the version of the first when readings come again, and refuses others', async () => {
    const demo = await openDemo()
    await demo.activeMeter('m')
    await demo.post('/meters/m/readings', readingsOf('2026-11-19'))
    await demo.post('/meters/m/readings', readingsOf('2026-11-20'))
    const before = await demo.countEvents()
    const again = await demo.post('/meters/m/readings', readingsOf('2026-11-19'))
    expect(again).toMatchObject({ status: 201, body: { streamId: 'meter:m:2026', version: 3 } })
    expect(again.position).not.toBe('undefined')
    expect(await demo.post('/meters/m/readings', readingsOf('2026-11-19', [9]))).toMatchObject({
      status: 409,
      body: { code: 'ReadingsAlreadyCollected', date: '2026-11-19', version: 3 },
    })
    expect(await demo.countEvents()).toBe(before)
  })

  it('takes timestamps with any zone as the UTC time that they are, and fits the interval to them', async () => {
    const demo = await openDemo()
    await demo.activeMeter('m')
    await demo.post('/meters/m/readings', {
      date: '2026-11-20',
      readings: [
        { timestamp: '2026-11-20T01:00:00+01:00', value: 1 },
        { timestamp: '2026-11-20T00:15:00', value: 2 },
        { timestamp: '2026-11-20T00:30:00.000Z', value: 3 },
      ],
    })
    const { items } = (await demo.get('/meters/m/events')).body
    expect(items.at(-1).data).toEqual({
      date: '2026-11-20',
      interval: 15,
      readings: [
        { timestamp: '2026-11-20T00:00:00Z', value: 1 },
        { timestamp: '2026-11-20T00:15:00Z', value: 2 },
        { timestamp: '2026-11-20T00:30:00Z', value: 3 },
      ],
    })
  })

  it('documents itself', async () => {
    const demo = await openDemo({ projecting: false })
    const { body } = await demo.get('/docs/json')
    expect(Object.keys(body.paths).sort()).toEqual([
      '/',
      '/customers',
      '/customers/{id}',
      '/customers/{id}/contract',
      '/customers/{id}/forget',
      '/health',
      '/meters',
      '/meters/{id}',
      '/meters/{id}/activation',
      '/meters/{id}/changes',
      '/meters/{id}/events',
      '/meters/{id}/readings',
      '/meters/{id}/years/{year}/close',
      '/ready',
      '/views/daily-totals/{meter}/{isoWeek}',
      '/views/total-activated-meters',
    ])
    expect((await demo.get('/docs')).status).toBe(200)
    expect((await demo.get('/docs')).body).toContain('swagger-ui')
  })

  it('says that it is up, and whether the storage is', async () => {
    const demo = await openDemo({ projecting: false })
    expect(await demo.get('/health')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(await demo.get('/ready')).toMatchObject({ status: 200, body: { status: 'ready' } })
    await demo.storage.close()
    expect((await demo.get('/health')).status).toBe(200)
    expect(await demo.get('/ready')).toMatchObject({ status: 503, body: { code: 'StorageClosed' } })
    expect((await demo.get('/ready')).headers['retry-after']).toBe('1')
  })

  it('keeps the request id as the correlation id of its events', async () => {
    const demo = await openDemo({ projecting: false })
    const named = await demo.post('/meters', registration('m'), { 'x-request-id': 'till-7/42' })
    expect(named.headers['x-request-id']).toBe('till-7/42')
    expect((await demo.get('/meters/m/events')).body.items[0].metadata.correlationId).toBe('till-7/42')
    const bad = await demo.get('/health', { 'x-request-id': 'a b' })
    expect(bad.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })
})
