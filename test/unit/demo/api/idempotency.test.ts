import { describe, expect, it } from 'vitest'
import { StorageUnavailable } from '../../../../src/core/errors/index.ts'
import { openDemo, readingsOf, registration } from '../support.ts'

const key = (name: string) => ({ 'idempotency-key': name })

describe('Idempotency-Key', () => {
  it('answers the first result of every write when it is sent again', async () => {
    const demo = await openDemo({ projecting: false })
    const writes = [
      () => demo.post('/meters', registration('m'), key('1')),
      () => demo.post('/meters/m/activation', { activationCode: '542-484' }, key('2')),
      () => demo.post('/meters/m/readings', readingsOf('2026-11-20'), key('3')),
      () => demo.post('/meters/m/years/2026/close', undefined, key('4')),
      () => demo.send('DELETE', '/meters/m', undefined, key('5')),
    ]
    for (const write of writes) {
      const first = await write()
      expect(first.status).toBeLessThan(300)
      const count = await demo.countEvents()
      const again = await write()
      expect(again).toMatchObject({ status: first.status, body: first.body })
      expect(await demo.countEvents()).toBe(count)
    }
    // And when much has happened since.
    expect((await writes[0]?.())?.body).toEqual({ meterId: 'm', streamId: 'meter:m:2026', version: 1 })
  })

  it('answers a wrong activation code again, and records it once', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.register('m')
    const attempt = () => demo.post('/meters/m/activation', { activationCode: 'wrong' }, key('k'))
    expect((await attempt()).status).toBe(422)
    expect((await attempt()).status).toBe(422)
    expect((await demo.get('/meters/m')).body.failedActivationAttempts).toBe(1)
  })

  it('is refused with another body, for another meter, and at another address', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.post('/meters', registration('m'), key('k'))
    const reused = { status: 422, body: { code: 'CommandIdReused', commandId: 'k' } }
    expect(await demo.post('/meters', { ...registration('m'), houseNumber: '8' }, key('k'))).toMatchObject(reused)
    expect(await demo.post('/meters', registration('n'), key('k'))).toMatchObject(reused)
    expect(await demo.post('/meters/m/activation', { activationCode: '542-484' }, key('k'))).toMatchObject(reused)
    expect((await demo.get('/meters/n')).status).toBe(404)
    expect((await demo.get('/meters/m')).body).toMatchObject({ houseNumber: '7', status: 'registered' })
  })

  it('is nobody’s when its command was refused, which leaves nothing behind', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.register('m')
    const before = await demo.countEvents()
    for (let i = 0; i < 5; i++) {
      expect((await demo.activate(`nobody${i}`, key(`k${i}`))).status).toBe(404)
      expect((await demo.post('/meters/m/readings', readingsOf('2026-11-20'), key(`k${i}`))).status).toBe(409)
      expect((await demo.post('/meters', { meterId: 'x' }, key(`k${i}`))).status).toBe(400)
    }
    expect(await demo.countEvents()).toBe(before)
    // Whoever used the key first took it from nobody.
    expect((await demo.post('/meters', registration('n'), key('k0'))).status).toBe(201)
  })

  it('is known again after its first request ended halfway', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.register('m')
    const { append } = demo.storage.events
    demo.storage.events.append = async (streamId, ...rest) => {
      if (streamId.startsWith('request:')) throw new StorageUnavailable('gone')
      return append(streamId, ...rest)
    }
    expect((await demo.activate('m', key('k'))).status).toBe(503)
    demo.storage.events.append = append
    expect(await demo.activate('m', key('k'))).toMatchObject({ status: 200, body: { version: 2 } })
    expect((await demo.post('/meters', registration('n'), key('k'))).status).toBe(422)
  })

  it('belongs to the request that was carried out also when that recorded a wrong code', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.register('m')
    expect((await demo.post('/meters/m/activation', { activationCode: 'wrong' }, key('k'))).status).toBe(422)
    expect(await demo.post('/meters', registration('n'), key('k'))).toMatchObject({ body: { code: 'CommandIdReused' } })
  })

  it('carries a command out once when it arrives many times at once', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.activeMeter('m')
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => demo.post('/meters/m/readings', readingsOf('2026-11-20'), key('k'))),
    )
    for (const { status, body } of answers)
      expect({ status, version: body.version }).toEqual({ status: 201, version: 3 })
    expect((await demo.get('/meters/m')).body.version).toBe(3)
  })

  it('must be 1 to 200 printable ASCII characters', async () => {
    const demo = await openDemo({ projecting: false })
    for (const name of ['', 'x'.repeat(201), 'tab\there']) {
      expect(await demo.post('/meters', registration('m'), key(name))).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'idempotency-key' }] },
      })
    }
    expect((await demo.get('/meters/m')).status).toBe(404)
    expect((await demo.post('/meters', registration('m'), key('x'.repeat(200)))).status).toBe(201)
  })
})
