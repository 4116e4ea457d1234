import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'

const JSON_TYPE = { 'content-type': 'application/json' }

/** A customer, with data that nothing else in a test contains. */
export const customerOf = (customerId: string) => ({
  customerId,
  name: `Ada Needle-${customerId}`,
  email: `Ada.Needle.${customerId}@Example.org`,
  address: `12 Needle Street ${customerId}, Hayfield`,
})

const meterOf = (customerId: string, meterId: string) => ({
  meterId,
  customerId,
  postalCode: `98${customerId}NE`,
  houseNumber: `7-needle-${customerId}`,
  activationCode: '542-484',
  registeredOn: '2024-12-30',
})

// The needle begins where base64 does, too: after 9 bytes.
const contractOf = (customerId: string) => Buffer.from(`%PDF-1.7\nneedle of ${customerId}, scanned\0\xff`)

/** What must be found nowhere once a customer was forgotten, in all forms that something may have been written in. */
function needlesOf(customerId: string): readonly Buffer[] {
  const { name, email, address } = customerOf(customerId)
  const { postalCode, houseNumber } = meterOf(customerId, '')
  const contract = `needle of ${customerId}, `
  const texts = [name, email, email.toLowerCase(), email.toUpperCase(), address, postalCode, houseNumber, contract]
  return texts.flatMap((text) => {
    const bytes = Buffer.from(text)
    return [bytes, Buffer.from(bytes.toString('hex')), Buffer.from(encodeURIComponent(text)), base64Of(bytes)]
  })
}

/** What is the same in the base64 of any text that contains this one at a multiple of three bytes. */
const base64Of = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64'))

/** A client of a running demo. */
export function clientOf(api: string) {
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${api}${path}`, {
      method,
      headers: { ...(method !== 'GET' && JSON_TYPE), ...headers },
      ...(body !== undefined && { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) }),
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    return { status: answer.status, position: answer.headers.get('tidemark-position') ?? '', bytes }
  }
  const get = (path: string, position?: string) =>
    send('GET', path, undefined, position ? { 'tidemark-position': position } : {})
  const json = async (path: string, position?: string) => JSON.parse(String((await get(path, position)).bytes))

  /** All that anybody may ask about a customer and the meters. */
  const pathsOf = (customerId: string) => [
    '/customers',
    `/customers?email=${encodeURIComponent(customerOf(customerId).email)}`,
    `/customers/${customerId}`,
    `/customers/${customerId}/contract`,
    '/meters',
    `/meters?postalCode=${meterOf(customerId, '').postalCode}`,
    ...['a', 'b'].flatMap((meter) => [
      `/meters/${customerId}${meter}`,
      `/meters/${customerId}${meter}?asOf=${new Date(Date.now() - 1).toISOString()}`,
      `/meters/${customerId}${meter}/events?year=2024`,
      `/meters/${customerId}${meter}/events?year=2025`,
    ]),
  ]

  return {
    send,
    get,
    json,
    pathsOf,
    /** Registers a customer with a contract and two meters, of which one has a year that is closed, and sees all of it. */
    async registerAll(customerId: string): Promise<void> {
      const [customer, a, b] = [
        await send('POST', '/customers', customerOf(customerId), { 'idempotency-key': `register ${customerId}` }),
        ...(await Promise.all(
          ['a', 'b'].map((meter) => send('POST', '/meters', meterOf(customerId, `${customerId}${meter}`))),
        )),
      ]
      const pdf = { 'content-type': 'application/pdf' }
      const contract = await send('PUT', `/customers/${customerId}/contract`, contractOf(customerId), pdf)
      const closed = await send('POST', `/meters/${customerId}a/years/2024/close`)
      const statuses = [customer, a, b, contract, closed].map((answer) => answer?.status)
      expect(statuses).toEqual([201, 201, 201, 201, 200])
      for (const position of [a?.position, b?.position]) await get('/meters?postalCode=x', position)
      expect(await json(`/customers/${customerId}`)).toEqual({
        ...customerOf(customerId),
        meters: [`${customerId}a`, `${customerId}b`],
        forgotten: false,
      })
      expect((await get(`/customers/${customerId}/contract`)).bytes.equals(contractOf(customerId))).toBe(true)
      const { email } = customerOf(customerId)
      expect((await json(`/customers?email=${email.toUpperCase()}`)).items).toHaveLength(1)
      expect((await json(`/meters?postalCode=${meterOf(customerId, '').postalCode}`)).items).toHaveLength(2)
      const taken = { ...customerOf(`${customerId}x`), email: email.toUpperCase() }
      const refused = await send('POST', '/customers', taken)
      expect([refused.status, JSON.parse(String(refused.bytes)).code]).toEqual([409, 'ValueTaken'])
    },
    /** Expects that no request shows anything of a customer, and that the e-mail address is free. */
    async expectForgotten(customerId: string): Promise<void> {
      for (const path of pathsOf(customerId)) {
        const { status, bytes } = await get(path)
        expectNoNeedle(customerId, path, bytes)
        expect(status, path).toBe(path.endsWith('/contract') ? 410 : 200)
      }
      expect(await json(`/customers/${customerId}`)).toMatchObject({ name: '(forgotten)', forgotten: true })
      expect((await json(`/customers?email=${customerOf(customerId).email}`)).items).toEqual([])
    },
  }
}

/** Expects that some bytes contain nothing of a customer. */
export function expectNoNeedle(customerId: string, where: string, bytes: Buffer): void {
  for (const needle of needlesOf(customerId)) expect(bytes.includes(needle), `${needle} in ${where}`).toBe(false)
}

/** Each file in a folder and the folders below it, with its content. */
export async function filesIn(folder: string): Promise<(readonly [file: string, content: Buffer])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  return Promise.all(files.map(async (file) => [file, await readFile(file)] as const))
}
