import { pino } from 'pino'
import { expect, it } from 'vitest'
import { KeysUnavailable, PersonForgotten } from '../../../../../src/core/errors/privacy.ts'
import { build } from '../../../../../src/demo/api/build.ts'
import { openDemo, readingsOf } from '../../support.ts'
import { ADA, ADAS_METER, CONTRACT, type Demo, NEEDLES, putContract, registerAda } from './support.ts'

const forget = (demo: Demo, customerId = 'c-1') => demo.post(`/customers/${customerId}/forget`)

const expectNoNeedle = (where: string, text: string) => {
  for (const needle of NEEDLES) expect(text.includes(needle), `${needle} in ${where}`).toBe(false)
}

it('leaves nothing of a customer to be read, and nothing in clear', async () => {
  const demo = await openDemo()
  await registerAda(demo)
  const before = new Date(demo.clock.now()).toISOString()
  const cached = { 'if-none-match': '"2026:1"' }
  expect((await demo.get('/meters/m-1', cached)).status).toBe(304)
  const forgotten = await forget(demo)
  expect(forgotten).toMatchObject({ status: 200, body: { customerId: 'c-1', forgotten: true } })
  for (const url of ['/customers', '/customers/c-1', '/meters', '/meters?postalCode=1012%20AB']) {
    expect((await demo.get(url, { 'tidemark-position': forgotten.position })).status, url).toBe(200)
  }
  const standIns = { name: '(forgotten)', email: '(forgotten)', address: '(forgotten)' }
  const shown = { customerId: 'c-1', ...standIns, meters: ['m-1'], forgotten: true }
  expect((await demo.get('/customers/c-1')).body).toEqual(shown)
  expect((await demo.get('/customers')).body.items).toEqual([shown])
  expect((await demo.get('/customers/c-1/contract')).status).toBe(410)
  const address = { customerId: 'c-1', postalCode: '(forgotten)', houseNumber: '(forgotten)' }
  expect(await demo.get('/meters/m-1', cached)).toMatchObject({ status: 200, body: address })
  expect((await demo.get(`/meters/m-1?asOf=${before}`)).body).toMatchObject(address)
  expect((await demo.get('/meters')).body.items).toMatchObject([address])
  const { items } = (await demo.get('/meters/m-1/events')).body
  expect(items[0]).toMatchObject({ data: address, redacted: ['houseNumber', 'postalCode'] })
  for (const url of ['/meters?postalCode=9876%20NE', `/customers?email=${ADA.email}`, '/customers?email=(forgotten)']) {
    expect((await demo.get(url)).body, url).toEqual({ items: [] })
  }
  for (const url of ['', '/c-1', '/c-1/contract'])
    expectNoNeedle(url, (await demo.get(`/customers${url}`)).raw.toString())
  expectNoNeedle('the log', JSON.stringify(await Array.fromAsync(demo.storage.events.query({}))))
  for (const { name, version } of [
    { name: 'customers', version: 1 },
    { name: 'meter-overview', version: 3 },
    { name: '$keys', version: 1 },
    { name: '$unique', version: 1 },
  ]) {
    const { views } = await demo.storage.viewStore.query({ projection: name, version, limit: 100 })
    expect(views.length, name).toBeGreaterThan(0)
    expectNoNeedle(name, JSON.stringify(views))
  }
  expect(demo.payloads.objects.size).toBe(0)
})

it('may be repeated, also after it was interrupted at any call of the key store', async () => {
  const demo = await openDemo()
  await registerAda(demo)
  const { viewStore } = demo.storage
  const { save } = viewStore
  let interrupted = 0
  for (let calls = 0; ; calls++) {
    let left = calls
    viewStore.save = async (ref, ...rest) => {
      if (ref.projection === '$keys' && left-- === 0) throw new KeysUnavailable('interrupted')
      return save(ref, ...rest)
    }
    const { status } = await forget(demo)
    if (status === 200) break
    expect(status).toBe(503)
    interrupted++
  }
  expect(interrupted).toBeGreaterThan(0)
  viewStore.save = save
  const again = await forget(demo)
  expect(again).toMatchObject({ status: 200, body: { customerId: 'c-1', forgotten: true } })
  const markers = await Array.fromAsync(demo.storage.events.query({ types: ['$forgotten'] }))
  expect(markers).toHaveLength(1)
  expect((await demo.get('/customers/c-1')).body).toMatchObject({ forgotten: true })
})

it('frees the e-mail address, and keeps the id from being used before the customer is admitted', async () => {
  const demo = await openDemo()
  await registerAda(demo)
  await forget(demo)
  expect(await demo.post('/customers', ADA)).toMatchObject({ status: 410, body: { code: 'PersonForgotten' } })
  expect((await demo.post('/customers', { ...ADA, customerId: 'c-2', email: ADA.email.toUpperCase() })).status).toBe(
    201,
  )
  for (const refused of [await putContract(demo), await demo.post('/meters', { ...ADAS_METER, meterId: 'm-2' })]) {
    expect(refused).toMatchObject({ status: 410, body: { code: 'CustomerForgotten' } })
  }
  await demo.vault?.admit('c-1')
  const back = { ...ADA, email: 'back@example.org' }
  const { status, position } = await demo.post('/customers', back)
  expect(status).toBe(201)
  const shown = { ...back, meters: ['m-1'], forgotten: false }
  expect((await demo.get('/customers/c-1', { 'tidemark-position': position })).body).toEqual(shown)
  expect((await demo.get('/customers?email=back@example.org')).body.items).toEqual([shown])
  expect((await demo.get('/meters/m-1')).body).toMatchObject({ postalCode: '(forgotten)' })
})

it('leaves a meter at work, also into the next years', async () => {
  const demo = await openDemo()
  await demo.post('/customers', ADA)
  for (const meterId of ['m-1', 'm-2']) {
    await demo.post('/meters', { ...ADAS_METER, meterId, registeredOn: '2024-12-30' })
    await demo.activate(meterId)
  }
  // The books of one are closed while the customer is known.
  expect((await demo.post('/meters/m-1/readings', readingsOf('2025-03-01'))).status).toBe(201)
  expect((await demo.get('/meters/m-1')).body).toMatchObject({ postalCode: '9876 NE', customerId: 'c-1' })
  await forget(demo)
  for (const meterId of ['m-1', 'm-2']) {
    expect((await demo.post(`/meters/${meterId}/readings`, readingsOf('2026-11-20'))).status).toBe(201)
    expect((await demo.get(`/meters/${meterId}`)).body).toMatchObject({
      customerId: 'c-1',
      postalCode: '(forgotten)',
      houseNumber: '(forgotten)',
      status: 'active',
      latestReadingDate: '2026-11-20',
    })
    for (const year of meterId === 'm-1' ? ['2024', '2025', '2026'] : ['2024', '2026']) {
      const events = await demo.get(`/meters/${meterId}/events?year=${year}`)
      expect(events.body.items).not.toEqual([])
      expectNoNeedle(year, JSON.stringify(events.body))
      expect(JSON.stringify(events.body)).not.toContain('$personal')
    }
  }
  expect((await demo.send('DELETE', '/meters/m-1')).status).toBe(204)
})

it('does not stop a command that had loaded the address before', async () => {
  const demo = await openDemo({ projecting: false })
  await demo.post('/customers', ADA)
  await demo.post('/meters', { ...ADAS_METER, registeredOn: '2025-12-30' })
  await demo.activate('m-1')
  const events = demo.storage.vault?.events as { seal: NonNullable<typeof demo.storage.vault>['events']['seal'] }
  const { seal } = events
  let failures = 0
  events.seal = async (streamId, documents, definitions) => {
    if (streamId === 'meter:m-1:2026' && failures++ === 0) {
      await demo.vault?.forget('c-1')
      throw new PersonForgotten('c-1')
    }
    return seal(streamId, documents, definitions)
  }
  expect((await demo.post('/meters/m-1/readings', readingsOf('2026-11-20'))).status).toBe(201)
  expect(failures).toBe(1)
  expect((await demo.get('/meters/m-1')).body).toMatchObject({ postalCode: '(forgotten)', status: 'active' })
})

it('waits for the views, and says so if nothing updates them', async () => {
  const demo = await openDemo({ projecting: false })
  await demo.post('/customers', ADA)
  const closing = new Promise((resolve) => setTimeout(resolve, 300)).then(() => demo.api.close())
  const { status } = await forget(demo)
  expect(status).toBe(503)
  await closing
  // Nobody can read the data all the same.
  const again = await build({ storage: demo.storage, vault: demo.vault, clock: demo.clock })
  const shown = await again.inject({ url: '/customers/c-1' })
  expect(shown.json()).toMatchObject({ name: '(forgotten)', forgotten: true })
  await again.close()
})

it('writes nothing personal into the log of the process', async () => {
  const lines: string[] = []
  const demo = await openDemo({ logger: pino({ level: 'trace' }, { write: (line) => void lines.push(line) }) })
  await registerAda(demo)
  await demo.get(`/customers?limit=5&email=${encodeURIComponent(ADA.email)}&x=${ADA.email}&${ADA.email}`)
  await demo.get('/meters?postalCode=9876%20NE')
  await demo.post('/customers', { ...ADA, customerId: 'c-2' })
  await demo.post('/customers', { ...ADA, name: 5 })
  await demo.post('/customers', `{"name": "${ADA.name}"`)
  await demo.get(`/nowhere?email=${ADA.email}`)
  await forget(demo)
  const log = lines.join('')
  expect(log).toContain('/customers?limit=5&email=(redacted)')
  expectNoNeedle('the log', log)
  expectNoNeedle('the log', decodeURIComponent(log.replaceAll(/%(?![0-9A-F]{2})/g, '')))
})

it('shows the contract until then', async () => {
  const demo = await openDemo()
  await registerAda(demo)
  expect((await demo.get('/customers/c-1/contract')).raw.equals(CONTRACT)).toBe(true)
  await forget(demo)
  expect(await demo.get('/customers/c-1/contract')).toMatchObject({ status: 410, body: { code: 'CustomerForgotten' } })
})
