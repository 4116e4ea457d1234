import { describe, expect, it } from 'vitest'
import { build } from '../../../../../src/demo/api/build.ts'
import { openVault, withVault } from '../../../../../src/privacy/index.ts'
import { testMaster } from '../../../privacy/support/vaults.ts'
import { openDemo, registration } from '../../support.ts'
import { ADA, ADAS_METER, CONTRACT, putContract, registerAda } from './support.ts'

describe('a customer', () => {
  it('is registered, shown with the meters, and found by the e-mail address in any case', async () => {
    const demo = await openDemo()
    const registered = await demo.post('/customers', ADA)
    expect(registered).toMatchObject({
      status: 201,
      body: { customerId: 'c-1', streamId: 'customer:c-1', version: 1 },
      headers: { location: '/customers/c-1' },
    })
    expect(registered.headers).not.toHaveProperty('etag')
    expect((await demo.get('/customers/c-1')).body).toEqual({ ...ADA, meters: [], forgotten: false })
    for (const meterId of ['m-2', 'm-1']) await demo.post('/meters', { ...ADAS_METER, meterId })
    const { position } = await demo.post('/meters', { ...ADAS_METER, meterId: 'm-3' })
    for (const meterId of ['m-1', 'm-2', 'm-3']) {
      await expect.poll(async () => (await demo.get('/customers/c-1')).body.meters).toContain(meterId)
    }
    const shown = { ...ADA, meters: ['m-1', 'm-2', 'm-3'], forgotten: false }
    expect((await demo.get('/customers/c-1', { 'tidemark-position': position })).body).toEqual(shown)
    const found = await demo.get('/customers?email=ADA.needle@example.ORG', { 'tidemark-position': position })
    expect(found.body).toEqual({ items: [shown] })
    expect((await demo.get('/customers?email=nobody@example.org')).body).toEqual({ items: [] })
  })

  it('shows up in a list that waits for the registration, page by page', async () => {
    const demo = await openDemo()
    let position = ''
    for (const i of [1, 2, 3]) {
      ;({ position } = await demo.post('/customers', { ...ADA, customerId: `c-${i}`, email: `c${i}@example.org` }))
      const { body } = await demo.get('/customers', { 'tidemark-position': position })
      expect(body.items).toHaveLength(i)
    }
    const first = await demo.get('/customers?limit=2')
    const second = await demo.get(`/customers?limit=2&after=${first.body.next}`)
    const all = [...first.body.items, ...second.body.items]
    expect(new Set(all.map(({ customerId }) => customerId))).toEqual(new Set(['c-1', 'c-2', 'c-3']))
  })

  it('cannot have the id or the e-mail address of another one', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.post('/customers', ADA)
    expect(await demo.post('/customers', { ...ADA, email: 'else@example.org' })).toMatchObject({
      status: 409,
      body: { code: 'CustomerAlreadyRegistered' },
    })
    const taken = await demo.post('/customers', { ...ADA, customerId: 'c-2', email: 'ADA.NEEDLE@EXAMPLE.ORG' })
    expect(taken).toMatchObject({ status: 409, body: { code: 'ValueTaken', field: 'email' } })
    expect(JSON.stringify(taken.body).toLowerCase()).not.toContain('ada.needle')
    expect((await demo.get('/customers/c-2')).body).toMatchObject({ code: 'CustomerNotFound' })
  })

  it('gets an e-mail address that many ask for at once as the only one', async () => {
    const demo = await openDemo({ projecting: false })
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        demo.post('/customers', {
          ...ADA,
          customerId: `c-${i}`,
          email: i % 2 ? ADA.email.toUpperCase() : ADA.email.toLowerCase(),
        }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(15).fill(409)])
  })

  it.each([
    [{ ...ADA, email: 'needle' }, 'email'],
    [{ ...ADA, name: '' }, 'name'],
    [{ ...ADA, address: 'x'.repeat(501) }, 'address'],
    [{ ...ADA, customerId: 'a:b' }, 'customerId'],
    [{ ...ADA, customerId: 'x'.repeat(181) }, 'customerId'],
    [{ ...ADA, phone: '1' }, 'phone'],
    [{ customerId: 'c-1' }, 'name'],
  ])('is refused with invalid data, without repeating it', async (body, path) => {
    const demo = await openDemo({ projecting: false })
    const refused = await demo.post('/customers', body)
    expect(refused).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } })
    expect(refused.body.errors.map((fault: { path: string }) => fault.path)).toContain(path)
    expect(JSON.stringify(refused.body)).not.toMatch(/needle/i)
    expect(await demo.countEvents()).toBe(0)
  })

  it('is not found if nobody registered it', async () => {
    const demo = await openDemo({ projecting: false })
    for (const path of ['', '/contract']) {
      expect(await demo.get(`/customers/nobody${path}`)).toMatchObject({
        status: 404,
        body: { code: 'CustomerNotFound' },
      })
    }
    expect(await demo.get('/customers/a:b')).toMatchObject({ status: 400, body: { code: 'InvalidStreamId' } })
    expect((await putContract(demo, 'nobody')).status).toBe(404)
    expect((await demo.post('/customers/nobody/forget')).status).toBe(404)
    expect(await demo.countEvents()).toBe(0)
  })
})

describe('a meter of a customer', () => {
  it('needs a customer who exists', async () => {
    const demo = await openDemo({ projecting: false })
    expect(await demo.post('/meters', ADAS_METER)).toMatchObject({ status: 422, body: { code: 'UnknownCustomer' } })
    expect((await demo.get('/meters/m-1')).status).toBe(404)
  })

  it('shows the address in the meter, the list, the search and the events, though it is stored sealed', async () => {
    const demo = await openDemo()
    const { position } = await registerAda(demo)
    const address = { customerId: 'c-1', postalCode: ADAS_METER.postalCode, houseNumber: ADAS_METER.houseNumber }
    expect((await demo.get('/meters/m-1')).body).toMatchObject(address)
    const waiting = { 'tidemark-position': position }
    expect((await demo.get('/meters', waiting)).body.items).toMatchObject([address])
    expect((await demo.get('/meters?postalCode=9876%20NE', waiting)).body.items).toMatchObject([address])
    expect((await demo.get('/meters?postalCode=1012%20AB', waiting)).body.items).toEqual([])
    expect((await demo.get('/meters/m-1/events')).body.items[0].data).toMatchObject(address)
    const { events } = await demo.storage.events.load('meter:m-1:2026')
    expect(JSON.stringify(events)).not.toContain('needle')
  })

  it('is found by its postal code beside those without a customer, page by page', async () => {
    const demo = await openDemo()
    const postalCode = '9876 NE'
    for (const i of [1, 2, 3]) {
      await demo.post('/customers', { ...ADA, customerId: `c-${i}`, email: `c${i}@example.org` })
    }
    const positions: string[] = []
    for (const [meterId, customerId] of [
      ['m-1', 'c-1'],
      ['m-2', 'c-1'],
      ['m-3', 'c-1'],
      ['m-4', 'c-2'],
      ['m-5', undefined],
      ['m-6', undefined],
    ] as const) {
      const meter = { ...registration(meterId), postalCode, ...(customerId && { customerId }) }
      positions.push((await demo.post('/meters', meter)).position)
    }
    await demo.post('/meters', { ...ADAS_METER, meterId: 'm-7', postalCode: '1000 XX' })
    for (const position of positions) await demo.get('/meters?postalCode=9876%20NE', { 'tidemark-position': position })
    for (const limit of [1, 2, 3, 4, 100]) {
      const found: string[] = []
      let after = ''
      do {
        const url = `/meters?postalCode=9876%20NE&limit=${limit}${after && `&after=${encodeURIComponent(after)}`}`
        const { body } = await demo.get(url)
        expect(body.items.length).toBeLessThanOrEqual(limit)
        found.push(...body.items.map(({ meterId }: { meterId: string }) => meterId))
        after = body.next
      } while (after !== undefined)
      expect(found.toSorted()).toEqual(['m-1', 'm-2', 'm-3', 'm-4', 'm-5', 'm-6'])
    }
  })
})

describe('a contract', () => {
  it('is filed, replaced and read as it was sent', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.post('/customers', ADA)
    expect(await demo.get('/customers/c-1/contract')).toMatchObject({ status: 404, body: { code: 'ContractNotFound' } })
    expect(await putContract(demo)).toMatchObject({
      status: 201,
      body: { customerId: 'c-1', streamId: 'contract:c-1', version: 1 },
      headers: { location: '/customers/c-1/contract', etag: '"1"' },
    })
    expect(demo.payloads.objects.size).toBe(1)
    const read = await demo.get('/customers/c-1/contract')
    expect(read).toMatchObject({ status: 200, headers: { 'content-type': 'application/pdf', etag: '"1"' } })
    expect(read.raw.equals(CONTRACT)).toBe(true)
    const head = await demo.send('HEAD', '/customers/c-1/contract')
    expect(head.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(CONTRACT.length),
    })
    expect(head.raw).toHaveLength(0)
    const other = Buffer.from('%PDF-2.0 another')
    expect((await putContract(demo, 'c-1', other, { 'if-match': '"7"' })).status).toBe(412)
    expect((await putContract(demo, 'c-1', other, { 'if-match': '"1"' })).status).toBe(201)
    expect((await demo.get('/customers/c-1/contract')).raw.equals(other)).toBe(true)
    expect((await demo.get('/customers/c-1/contract', { 'if-none-match': '"2"' })).status).toBe(304)
  })

  it('may have 5 MiB and not a byte more', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.post('/customers', ADA)
    const largest = Buffer.alloc(5 * 1024 * 1024, 'needle')
    largest.write('%PDF-')
    expect((await putContract(demo, 'c-1', largest)).status).toBe(201)
    expect((await demo.get('/customers/c-1/contract')).raw.equals(largest)).toBe(true)
    const larger = Buffer.concat([largest, Buffer.from('x')])
    expect(await putContract(demo, 'c-1', larger)).toMatchObject({ status: 413, body: { code: 'BodyTooLarge' } })
  })

  it.each([
    ['text that is not a PDF', Buffer.from('needle'), 'application/pdf', 400, 'InvalidRequest'],
    ['nothing', Buffer.alloc(0), 'application/pdf', 400, 'InvalidRequest'],
    ['JSON', '{}', 'application/json', 415, 'UnsupportedMediaType'],
    ['another type', CONTRACT, 'image/png', 415, 'UnsupportedMediaType'],
  ])('is refused if it is %s', async (_, content, type, status, code) => {
    const demo = await openDemo({ projecting: false })
    await demo.post('/customers', ADA)
    const refused = await putContract(demo, 'c-1', content, { 'content-type': type })
    expect(refused).toMatchObject({ status, body: { code } })
    expect(JSON.stringify(refused.body)).not.toContain('needle')
    expect((await demo.get('/customers/c-1/contract')).status).toBe(404)
  })

  it('is the only thing that is not JSON', async () => {
    const demo = await openDemo({ projecting: false })
    const refused = await demo.send('POST', '/customers', CONTRACT, { 'content-type': 'application/pdf' })
    expect(refused).toMatchObject({ status: 415, body: { code: 'UnsupportedMediaType' } })
  })
})

it('documents its routes', async () => {
  const demo = await openDemo({ projecting: false })
  const { body } = await demo.get('/docs/json')
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(['/customers', '/customers/{id}', '/customers/{id}/contract', '/customers/{id}/forget']),
  )
  expect(Object.keys(body.paths['/customers/{id}/contract'].put.requestBody.content)).toEqual(['application/pdf'])
  expect((await demo.get('/')).body).toMatchObject({ customers: '/customers' })
})

it('takes meters without a customer, and no customers, until the storage gets a vault', async () => {
  const demo = await openDemo({ hasVault: false })
  const meter = await demo.register('m')
  expect(meter.status).toBe(201)
  expect((await demo.get('/meters', { 'tidemark-position': meter.position })).body.items).toHaveLength(1)
  expect((await demo.post('/customers', ADA)).status).toBe(500)

  // As when a newer release is started on the data of an older one.
  const vault = await openVault({ keys: demo.storage, master: testMaster() })
  const later = await build({ storage: withVault(demo.storage, vault), vault, clock: demo.clock })
  const post = async (url: string, payload: object) => (await later.inject({ method: 'POST', url, payload })).statusCode
  expect(await post('/customers', ADA)).toBe(201)
  expect(await post('/meters', ADAS_METER)).toBe(201)
  expect(await post('/meters/m/activation', { activationCode: '542-484' })).toBe(200)
  for (const id of ['m', 'm-1']) {
    expect((await later.inject({ url: `/meters/${id}` })).json()).toMatchObject({ meterId: id })
  }
  await later.close()
})
