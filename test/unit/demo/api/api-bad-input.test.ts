import { describe, expect, it } from 'vitest'
import { openDemo, readingsOf, registration } from '../support.ts'

/** One API for a table of requests that are refused: each must answer a problem, write nothing, and leave it well. */
async function refusing() {
  const demo = await openDemo({ projecting: false })
  await demo.activeMeter('m')
  const before = await demo.countEvents()
  return {
    ...demo,
    async expectWell() {
      expect(await demo.countEvents()).toBe(before)
      expect((await demo.get('/health')).status).toBe(200)
    },
  }
}

describe('bad input', () => {
  it('is told with the path of each fault', async () => {
    const demo = await refusing()
    const answer = await demo.post('/meters', { meterId: 7, postalCode: '', houseNumber: '7', extra: 1 })
    expect(answer.status).toBe(400)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.body).toMatchObject({
      type: 'urn:tidemark:error:InvalidRequest',
      title: 'Bad Request',
      status: 400,
      code: 'InvalidRequest',
    })
    const paths = answer.body.errors.map(({ path }: { path: string }) => path).sort()
    expect(paths).toEqual(['activationCode', 'extra', 'meterId', 'postalCode'])
    await demo.expectWell()
  })

  it.each([
    ['no body', undefined, 'body'],
    ['no JSON', '{"meterId":', 'body'],
    ['an array', [], 'body'],
    ['a prototype', '{"__proto__":{"meterId":"x"}}', 'body'],
    ['a meter id with a colon', { ...registration('a:b') }, 'meterId'],
    ['an empty meter id', { ...registration('') }, 'meterId'],
    ['a meter id that is too long', { ...registration('x'.repeat(181)) }, 'meterId'],
    ['a meter id with a slash', { ...registration('a/b') }, 'meterId'],
    ['a lone surrogate', '{"meterId":"z","postalCode":"\\ud800","houseNumber":"1","activationCode":"1"}', 'postalCode'],
    ['a date that is none', { ...registration('z'), registeredOn: '2026-02-30' }, 'registeredOn'],
    ['a registration in the future', { ...registration('z'), registeredOn: '2026-11-22' }, 'registeredOn'],
  ])('of a registration, %s, is refused', async (_, body, path) => {
    const demo = await refusing()
    const answer = await demo.post('/meters', body)
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } })
    await demo.expectWell()
  })

  const reading = (timestamp: unknown, value: unknown = 1) => ({ timestamp, value })
  it.each([
    ['none', { date: '2026-11-20', readings: [] }, 'readings'],
    ['97 of them', { date: '2026-11-20', readings: Array(97).fill(reading('2026-11-20T00:00:00Z')) }, 'readings'],
    ['of another date', readings('2026-11-20', reading('2026-11-19T23:45:00Z')), 'readings.0.timestamp'],
    [
      'of a local date that is another in UTC',
      readings('2026-11-20', reading('2026-11-20T00:30:00+01:00')),
      'readings.0.timestamp',
    ],
    ['off the grid', readings('2026-11-20', reading('2026-11-20T00:07:00Z')), 'readings.0.timestamp'],
    ['off the grid by seconds', readings('2026-11-20', reading('2026-11-20T00:00:30Z')), 'readings.0.timestamp'],
    [
      'off the grid that is said',
      { ...readings('2026-11-20', reading('2026-11-20T00:15:00Z')), interval: 60 },
      'readings.0.timestamp',
    ],
    [
      'of a grid that there is not',
      { ...readings('2026-11-20', reading('2026-11-20T00:00:00Z')), interval: 10 },
      'interval',
    ],
    [
      'twice',
      readings('2026-11-20', reading('2026-11-20T01:00:00Z'), reading('2026-11-20T01:00:00Z')),
      'readings.1.timestamp',
    ],
    [
      'not in order',
      readings('2026-11-20', reading('2026-11-20T01:00:00Z'), reading('2026-11-20T00:00:00Z')),
      'readings.1.timestamp',
    ],
    ['with a text for a value', readings('2026-11-20', reading('2026-11-20T00:00:00Z', '1')), 'readings.0.value'],
    ['with null for a value', readings('2026-11-20', reading('2026-11-20T00:00:00Z', null)), 'readings.0.value'],
    ['below zero', readings('2026-11-20', reading('2026-11-20T00:00:00Z', -1)), 'readings.0.value'],
    ['past any meter', readings('2026-11-20', reading('2026-11-20T00:00:00Z', 1e9)), 'readings.0.value'],
    [
      'past any number',
      '{"date":"2026-11-20","readings":[{"timestamp":"2026-11-20T00:00:00Z","value":1e999}]}',
      'readings.0.value',
    ],
    ['without a time', readings('2026-11-20', reading('soon')), 'readings.0.timestamp'],
    ['of a date that is none', readings('20-11-2026', reading('2026-11-20T00:00:00Z')), 'date'],
    ['of the future', readings('2026-11-22', reading('2026-11-22T00:00:00Z')), 'date'],
  ])('of readings, %s, is refused', async (_, body, path) => {
    const demo = await refusing()
    const answer = await demo.post('/meters/m/readings', body)
    expect(answer.status).toBe(400)
    expect(answer.body.errors[0]).toMatchObject({ path, message: expect.any(String) })
    await demo.expectWell()
  })

  it('takes readings of a day that has begun somewhere on Earth', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.activeMeter('m')
    expect((await demo.post('/meters/m/readings', readingsOf('2026-11-21'))).status).toBe(201)
  })

  it('refuses a body that is too large', async () => {
    const demo = await refusing()
    const answer = await demo.post('/meters', { ...registration('z'), postalCode: 'x'.repeat(200_000) })
    expect(answer).toMatchObject({ status: 413, body: { code: 'BodyTooLarge', status: 413 } })
    await demo.expectWell()
  })

  it('refuses what is no JSON by its media type', async () => {
    const demo = await refusing()
    const answer = await demo.post('/meters', 'meterId=z', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(answer).toMatchObject({ status: 415, body: { code: 'UnsupportedMediaType' } })
    await demo.expectWell()
  })

  it('refuses meter ids in a URL that could be no part of a stream id', async () => {
    const demo = await refusing()
    for (const id of ['a%3Ab', 'a%2Fb', '%00', 'x'.repeat(181), '%3F', '%23']) {
      for (const url of [`/meters/${id}`, `/meters/${id}/events`, `/views/daily-totals/${id}/2026-W47`]) {
        expect(await demo.get(url), url).toMatchObject({ status: 400, body: { code: 'InvalidStreamId' } })
      }
      expect(await demo.activate(id)).toMatchObject({ status: 400, body: { code: 'InvalidStreamId' } })
      expect((await demo.send('DELETE', `/meters/${id}`)).status).toBe(400)
    }
    await demo.expectWell()
  })

  it('refuses a body that is nested without measure, also where no body is asked for', async () => {
    const demo = await refusing()
    const body = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'k' }
    for (const [method, url] of [
      ['DELETE', '/meters/m'],
      ['POST', '/meters/m/years/2026/close'],
      ['POST', '/meters'],
    ] as const) {
      const answer = await demo.send(method, url, body, headers)
      expect(answer.status, `${method} ${url}`).toBe(400)
    }
    await demo.expectWell()
  })

  it('answers unknown routes, broken URLs and endless ones with problems', async () => {
    const demo = await refusing()
    expect(await demo.get('/nowhere')).toMatchObject({ status: 404, body: { code: 'NotFound' } })
    expect(await demo.send('PUT', '/meters', {})).toMatchObject({ status: 404, body: { code: 'NotFound' } })
    for (const url of ['/meters/%E0%A4%A', `/meters/${'x'.repeat(5000)}`]) {
      const answer = await demo.get(url)
      expect(answer.status, url).toBeGreaterThanOrEqual(400)
      expect(answer.status, url).toBeLessThan(500)
      expect(answer.headers['content-type']).toBe('application/problem+json')
    }
    await demo.expectWell()
  })

  it.each([
    ['/meters?limit=0', 'limit'],
    ['/meters?limit=1001', 'limit'],
    ['/meters?limit=ten', 'limit'],
    ['/meters/m/events?year=26', 'year'],
    ['/meters/m/events?after=x', 'after'],
    ['/views/daily-totals/m/2025-W53', 'isoWeek'],
    ['/views/daily-totals/m/2026-11-20', 'isoWeek'],
  ])('refuses the query of %s', async (url, path) => {
    const demo = await refusing()
    expect(await demo.get(url)).toMatchObject({ status: 400, body: { errors: [{ path }] } })
  })

  it('refuses a page token and a position that are none', async () => {
    const demo = await refusing()
    expect(await demo.get('/meters?after=nonsense')).toMatchObject({ status: 400, body: { code: 'InvalidQuery' } })
    const nonsense = { 'tidemark-position': 'nonsense' }
    for (const url of ['/meters', '/views/total-activated-meters', '/views/daily-totals/m/2026-W47']) {
      expect(await demo.get(url, nonsense)).toMatchObject({ status: 400, body: { code: 'InvalidPosition' } })
    }
  })

  it('refuses a position of more streams than can be waited for at once, before it asks for any', async () => {
    const demo = await refusing()
    const rows = Array.from({ length: 65 }, (_, i) => [`meter:m${i}:2026`, 1, '0A'])
    const token = Buffer.from(JSON.stringify([demo.storage.incarnation, rows])).toString('base64url')
    expect(await demo.get('/meters', { 'tidemark-position': token })).toMatchObject({
      status: 400,
      body: { code: 'InvalidPosition' },
    })
  })

  it('answers 404 for meters that are not there, and an empty week for those that are', async () => {
    const demo = await refusing()
    const missing = { status: 404, body: { code: 'MeterNotFound', meterId: 'nobody' } }
    expect(await demo.get('/meters/nobody')).toMatchObject(missing)
    expect(await demo.activate('nobody')).toMatchObject(missing)
    expect(await demo.post('/meters/nobody/readings', readingsOf('2026-11-20'))).toMatchObject(missing)
    expect(await demo.send('DELETE', '/meters/nobody')).toMatchObject(missing)
    expect(await demo.get('/views/daily-totals/nobody/2026-W47')).toMatchObject(missing)
    expect((await demo.get('/views/daily-totals/m/2026-W47')).body).toEqual({
      meterId: 'm',
      week: '2026-W47',
      days: {},
    })
    expect((await demo.get('/views/total-activated-meters')).body).toEqual({ count: 0 })
    await demo.expectWell()
  })

  it('refuses an id twice, an activation twice, and readings of an inactive meter', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.register('m')
    expect(await demo.register('m')).toMatchObject({ status: 409, body: { code: 'MeterAlreadyRegistered' } })
    expect(await demo.post('/meters/m/readings', readingsOf('2026-11-20'))).toMatchObject({
      status: 409,
      body: { code: 'MeterNotActive' },
    })
    await demo.activate('m')
    expect(await demo.activate('m')).toMatchObject({ status: 409, body: { code: 'MeterAlreadyActive' } })
    expect((await demo.get('/meters/m')).body.version).toBe(2)
  })

  it('records a wrong activation code', async () => {
    const demo = await openDemo()
    await demo.register('m')
    const wrong = await demo.post('/meters/m/activation', { activationCode: 'wrong' })
    expect(wrong).toMatchObject({ status: 422, body: { code: 'WrongActivationCode', meterId: 'm' } })
    expect(wrong.body).not.toHaveProperty('position')
    expect((await demo.get('/meters/m')).body).toMatchObject({ status: 'registered', failedActivationAttempts: 1 })
    expect((await demo.get('/meters/m/events')).body.items.at(-1).type).toBe('MeterActivationFailed')
    const { items } = (await demo.get('/meters', { 'tidemark-position': wrong.position })).body
    expect(items).toMatchObject([{ failedActivationAttempts: 1 }])
    expect((await demo.activate('m')).status).toBe(200)
  })

  it('answers 504 with what was waited for when no worker gets there', async () => {
    const demo = await openDemo({ projecting: false, viewTimeout: 20 })
    const { position } = await demo.activeMeter('m')
    const waited = { status: 504, body: { code: 'WaitTimedOut', position, timeout: 20 } }
    const header = { 'tidemark-position': position }
    expect(await demo.get('/views/daily-totals/m/2026-W47', header)).toMatchObject({
      ...waited,
      body: { ...waited.body, projection: 'daily-totals-by-week', key: 'm:2026-W47' },
    })
    expect(await demo.get('/meters', header)).toMatchObject(waited)
    expect(await demo.get('/views/total-activated-meters', header)).toMatchObject(waited)
  })

  it('lets nobody wait for a view once it closes', async () => {
    const demo = await openDemo({ projecting: false, viewTimeout: 60_000 })
    const { position } = await demo.activeMeter('m')
    const waiting = demo.get('/views/total-activated-meters', { 'tidemark-position': position })
    await new Promise((resolve) => setTimeout(resolve, 50))
    await demo.api.close()
    expect(await waiting).toMatchObject({ status: 503, body: { code: 'StorageClosed' } })
  })

  it('refuses a position of another life of the log', async () => {
    const demo = await openDemo()
    const { position } = await (await openDemo({ projecting: false })).activeMeter('m')
    expect(await demo.get('/views/total-activated-meters', { 'tidemark-position': position })).toMatchObject({
      status: 409,
      body: { code: 'IncarnationMismatch' },
    })
  })

  it('answers that a view of another life of the log is not there yet, rather than that the request is wrong', async () => {
    const { IncarnationMismatch } = await import('../../../../src/core/errors/index.ts')
    const demo = await openDemo({ projecting: false })
    demo.storage.views.waitFor = async () => {
      throw new IncarnationMismatch('View x', 'this', 'that')
    }
    const answer = await demo.get('/views/total-activated-meters')
    expect(answer).toMatchObject({ status: 503, body: { code: 'IncarnationMismatch' } })
    expect(answer.headers['retry-after']).toBe('1')
  })

  it('tells nothing of an error that nobody foresaw', async () => {
    const demo = await openDemo({ projecting: false })
    demo.storage.events.load = async () => {
      throw new Error('secret')
    }
    const answer = await demo.get('/meters/m')
    expect(answer).toMatchObject({ status: 500, body: { code: 'InternalError' } })
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|stack/)
  })

  it('answers a conflict with the expected and the actual version, and a busy storage with when to try again', async () => {
    const { WrongExpectedVersion, StorageBusy } = await import('../../../../src/core/errors/index.ts')
    const demo = await openDemo({ projecting: false })
    const append = demo.storage.events.append
    demo.storage.events.append = async (streamId) => {
      throw new WrongExpectedVersion(streamId, 3, 4)
    }
    expect(await demo.register('z')).toMatchObject({
      status: 409,
      body: { code: 'WrongExpectedVersion', expected: 3, actual: 4 },
    })
    demo.storage.events.append = async () => {
      throw new StorageBusy('held')
    }
    const busy = await demo.register('z')
    expect(busy).toMatchObject({ status: 503, body: { code: 'StorageBusy' } })
    expect(busy.headers['retry-after']).toBe('1')
    demo.storage.events.append = append
    expect((await demo.register('z')).status).toBe(201)
  })
})

function readings(date: string, ...list: unknown[]) {
  return { date, readings: list }
}
