import { describe, expect, it } from 'vitest'
import { openDemo, readingsOf } from '../support.ts'

describe('the years of a meter', () => {
  it('takes the whole life of a meter that is registered with a past date', async () => {
    const demo = await openDemo()
    expect((await demo.register('m', { registeredOn: '2015-10-04' })).body.streamId).toBe('meter:m:2015')
    expect((await demo.activate('m')).body).toEqual({ meterId: 'm', streamId: 'meter:m:2015', version: 2 })
    expect((await demo.post('/meters/m/readings', readingsOf('2015-10-04'))).body.streamId).toBe('meter:m:2015')
    const next = await demo.post('/meters/m/readings', readingsOf('2016-01-01'))
    expect(next).toMatchObject({ status: 201, body: { streamId: 'meter:m:2016', version: 2 } })
    expect((await demo.get('/meters/m')).body).toMatchObject({
      status: 'active',
      postalCode: '1012 AB',
      latestReadingDate: '2016-01-01',
    })
    expect(await demo.post('/meters/m/readings', readingsOf('2015-10-05'))).toMatchObject({
      status: 409,
      body: { code: 'PeriodClosed', period: '2015', openPeriod: '2016' },
    })
    const closed = await demo.get('/meters/m/events?year=2015')
    expect(closed.body.items.map(({ type }: { type: string }) => type)).toEqual([
      'MeterRegistered',
      'MeterActivated',
      'MeterReadingsCollected',
      '$periodClosed',
    ])
  })

  it('shows a week over new year from two streams', async () => {
    const demo = await openDemo()
    await demo.activeMeter('m', { registeredOn: '2015-12-01' })
    await demo.post('/meters/m/readings', readingsOf('2015-12-31', [1]))
    const { position } = await demo.post('/meters/m/readings', readingsOf('2016-01-01', [2]))
    await expect
      .poll(async () => (await demo.get('/views/daily-totals/m/2015-W53', { 'tidemark-position': position })).body)
      .toEqual({ meterId: 'm', week: '2015-W53', days: { '2015-12-31': 1, '2016-01-01': 2 } })
  })

  it('closes the books on command: what comes later goes into the next year', async () => {
    const demo = await openDemo()
    await demo.activeMeter('m')
    const closed = await demo.post('/meters/m/years/2026/close')
    expect(closed).toMatchObject({ status: 200, body: { meterId: 'm', streamId: 'meter:m:2026', version: 3 } })
    const refused = { status: 409, body: { code: 'PeriodClosed', period: '2026', openPeriod: '2027' } }
    expect(await demo.post('/meters/m/readings', readingsOf('2026-11-20'))).toMatchObject(refused)
    expect(await demo.post('/meters/m/years/2026/close')).toMatchObject(refused)
    expect((await demo.get('/meters/m')).body).toMatchObject({ status: 'active', version: 1 })
    // What happens today happens in the open year, even where its books were closed early.
    expect((await demo.send('DELETE', '/meters/m')).status).toBe(204)
    expect((await demo.get('/meters/m/events?year=2027')).body.items).toMatchObject([
      { type: 'MeterYearOpened' },
      { type: 'MeterDeregistered' },
    ])
  })

  it('closes neither a later year nor one that has not begun', async () => {
    const demo = await openDemo()
    await demo.register('m', { registeredOn: '2015-10-04' })
    const before = await demo.countEvents()
    expect(await demo.post('/meters/m/years/2016/close')).toMatchObject({
      status: 409,
      body: { code: 'YearNotOpen', year: '2016', openYear: '2015' },
    })
    expect(await demo.post('/meters/m/years/2027/close')).toMatchObject({ status: 400, body: { code: 'DateInFuture' } })
    expect((await demo.post('/meters/m/years/26/close')).status).toBe(400)
    expect(await demo.post('/meters/m/years/2014/close')).toMatchObject({ status: 409, body: { code: 'PeriodClosed' } })
    expect((await demo.post('/meters/nobody/years/2026/close')).status).toBe(404)
    expect(await demo.countEvents()).toBe(before)
  })

  it('closes a year whose client names a media type for the body that it does not send', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.register('m')
    expect((await demo.post('/meters/m/years/2026/close', '', {})).status).toBe(200)
  })

  it('activates today, in the new year, a meter that was registered in the old one without a date', async () => {
    const demo = await openDemo({ now: Date.UTC(2026, 11, 31, 12) })
    await demo.register('m')
    demo.clock.set(Date.UTC(2027, 0, 1, 12))
    expect((await demo.activate('m')).body.streamId).toBe('meter:m:2027')
  })

  it('activates on the day that the body carries', async () => {
    const demo = await openDemo()
    await demo.register('m', { registeredOn: '2015-10-04' })
    const activate = (registeredOn: string) =>
      demo.post('/meters/m/activation', { activationCode: '542-484', registeredOn })
    expect(await activate('2014-01-01')).toMatchObject({ status: 409, body: { code: 'PeriodClosed' } })
    expect(await activate('2027-01-01')).toMatchObject({ status: 400, body: { code: 'DateInFuture' } })
    expect((await activate('2016-05-01')).body.streamId).toBe('meter:m:2016')
  })

  it('knows an id in all years: nobody registers it again, before or after', async () => {
    const demo = await openDemo()
    await demo.activeMeter('m', { registeredOn: '2015-10-04' })
    await demo.post('/meters/m/readings', readingsOf('2016-01-01'))
    const before = await demo.countEvents()
    for (const registeredOn of ['2014-01-01', '2015-10-04', '2016-01-01', '2020-01-01', undefined]) {
      expect(await demo.register('m', { registeredOn })).toMatchObject({
        status: 409,
        body: { code: 'MeterAlreadyRegistered', meterId: 'm' },
      })
    }
    expect(await demo.countEvents()).toBe(before)
  })

  it('closes no books for readings that it refuses', async () => {
    const demo = await openDemo()
    await demo.register('m', { registeredOn: '2015-10-04' })
    const before = await demo.countEvents()
    expect(await demo.post('/meters/m/readings', readingsOf('2016-01-01'))).toMatchObject({
      status: 409,
      body: { code: 'MeterNotActive' },
    })
    expect(await demo.countEvents()).toBe(before)
  })
})
