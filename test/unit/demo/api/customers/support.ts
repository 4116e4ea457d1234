import type { openDemo } from '../../support.ts'
import { registration } from '../../support.ts'

export type Demo = Awaited<ReturnType<typeof openDemo>>

/** A person with data that no other part of a test contains. */
export const ADA = {
  customerId: 'c-1',
  name: 'Ada Needle-Lovelace',
  email: 'Ada.Needle@Example.org',
  address: '12 Needle Street, Hayfield',
}

/** A meter at an address that no other part of a test contains. */
export const ADAS_METER = { ...registration('m-1'), customerId: 'c-1', postalCode: '9876 NE', houseNumber: '7-needle' }

/** What must be found nowhere once she was forgotten. */
export const NEEDLES = [
  ADA.name,
  ADA.email,
  ADA.email.toLowerCase(),
  ADA.address,
  ADAS_METER.postalCode,
  Buffer.from(ADAS_METER.postalCode).toString('hex'),
  ADAS_METER.houseNumber,
  'scanned needle',
  Buffer.from('scanned needle').toString('base64'),
]

export const CONTRACT = Buffer.concat([
  Buffer.from('%PDF-1.7 scanned needle '),
  // So that the needle begins where base64 does, too.
  Buffer.from('scanned needle'),
  Buffer.from([0, 255, 10, 13]),
])

export const putContract = (demo: Demo, customerId = 'c-1', content: unknown = CONTRACT, headers = {}) =>
  demo.send('PUT', `/customers/${customerId}/contract`, content, { 'content-type': 'application/pdf', ...headers })

/** A customer with a contract and a meter, seen by the views. */
export async function registerAda(demo: Demo) {
  await demo.post('/customers', ADA)
  await putContract(demo)
  const meter = await demo.post('/meters', ADAS_METER)
  await demo.get('/customers/c-1', { 'tidemark-position': meter.position })
  await demo.get('/meters', { 'tidemark-position': meter.position })
  return meter
}
