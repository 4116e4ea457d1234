import { CosmosClient } from '@azure/cosmos'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type RunningEmulator,
  sendEmulatorCommand,
  startCosmosEmulator,
} from '../../../../src/cosmos-emulator/index.ts'
import { signed } from '../support/raw-requests.ts'

let emulator: RunningEmulator
let client: CosmosClient

beforeEach(async () => {
  emulator = await startCosmosEmulator()
  const { endpoint, key } = emulator
  client = new CosmosClient({ endpoint, key, connectionPolicy: { retryOptions: { maxRetryAttemptCount: 0 } as never } })
  await client.databases.create({ id: 'd' })
  await client.database('d').containers.create({ id: 'c', partitionKey: { paths: ['/id'] } })
})

afterEach(async () => {
  client.dispose()
  await emulator.close()
})

const command = (name: string, args?: Record<string, unknown>) => sendEmulatorCommand(emulator, name, args)

const where = { database: 'd', container: 'c' }

describe('commands to a running emulator', () => {
  it('split and merge partitions, and show them', async () => {
    const { items } = client.database('d').container('c')
    for (let i = 0; i < 20; i++) await items.create({ id: `${i}` })
    expect(await command('split', { ...where, partition: '0', at: '20' })).toEqual(['1', '2'])
    const partitions = (await command('partitions', where)) as { documents: number }[]
    expect(partitions).toMatchObject([
      { id: '1', min: '', max: '20' },
      { id: '2', min: '20', max: 'FF' },
    ])
    expect(partitions.reduce((sum, { documents }) => sum + documents, 0)).toBe(20)
    expect(await command('merge', { ...where, a: '1', b: '2' })).toBe('3')
  })

  it('let requests go wrong by seed, and end it', async () => {
    const { items } = client.database('d').container('c')
    expect(await command('faults', { seed: 1, rates: { retryWith: 1 } })).toEqual({})
    await expect(items.create({ id: 'a' })).rejects.toMatchObject({ code: 449 })
    await command('faults')
    await items.create({ id: 'a' })
  })

  it('let reads be stale', async () => {
    await client.database('d').container('c').items.create({ id: 'a' })
    await command('stale-reads', { lsns: 5 })
    await client.database('d').container('c').items.create({ id: 'b' })
    const { endpoint, key } = emulator
    const other = new CosmosClient({ endpoint, key, consistencyLevel: 'Eventual' })
    expect((await other.database('d').container('c').item('b', 'b').read()).statusCode).toBe(404)
    other.dispose()
  })

  it.each([
    ['dance', {}, 404],
    ['faults', { seed: 'x' }, 400],
    ['faults', { seed: 1, rates: { dance: 1 } }, 400],
    ['faults', { seed: 1, rates: { gone: 2 } }, 400],
    ['stale-reads', {}, 400],
    ['split', { ...where, partition: '7' }, 400],
    ['split', { ...where, container: 'x', partition: '0' }, 404],
    ['merge', { ...where, a: '0' }, 400],
  ])('refuse %s with %j', async (name, args, status) => {
    await expect(command(name, args)).rejects.toMatchObject({ status, code: expect.any(String) })
  })

  describe('are requests that', () => {
    const path = '/_emulator/stale-reads'
    const JSON_TYPE = { 'content-type': 'application/json' }

    async function send(headers: Record<string, string>, body = '{"lsns":5}'): Promise<number> {
      return (await fetch(new URL(path, emulator.endpoint), { method: 'POST', headers, body })).status
    }

    it('the account key signs', async () => {
      const request = { method: 'POST', path }
      expect(await send(JSON_TYPE)).toBe(401)
      const other = signed(request, Buffer.from('another key').toString('base64'))
      expect(await send({ ...JSON_TYPE, ...other })).toBe(401)
      const elsewhere = signed({ method: 'POST', path: '/_emulator/faults' }, emulator.key)
      expect(await send({ ...JSON_TYPE, ...elsewhere })).toBe(401)
      expect(emulator.staleReads).toBe(0)
      expect(await send({ ...JSON_TYPE, ...signed(request, emulator.key) })).toBe(200)
      expect(emulator.staleReads).toBe(5)
    })

    it('say that they are JSON, and are', async () => {
      const headers = signed({ method: 'POST', path }, emulator.key)
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
        expect(await send({ ...headers, 'content-type': type })).toBe(415)
      }
      for (const body of ['[1]', '{', '"x"']) expect(await send({ ...headers, ...JSON_TYPE }, body)).toBe(400)
      expect(emulator.staleReads).toBe(0)
      expect(await send({ ...headers, 'content-type': 'application/json; charset=utf-8' })).toBe(200)
    })
  })
})
