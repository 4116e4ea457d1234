import { describe, expect, it } from 'vitest'
import { openDemo, readingsOf, registration } from './support.ts'

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
