import { CosmosClient } from '@azure/cosmos'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningEmulator, startCosmosEmulator } from '../../../../src/cosmos-emulator/index.ts'

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

async function command(name: string, args: unknown = {}): Promise<{ status: number; body: unknown }> {
  const body = typeof args === 'string' ? args : JSON.stringify(args)
  const response = await fetch(`${emulator.endpoint}_emulator/${name}`, { method: 'POST', body })
  return { status: response.status, body: await response.json() }
}

const where = { database: 'd', container: 'c' }

describe('commands to a running emulator', () => {
  it('split and merge partitions, and show them', async () => {
    const { items } = client.database('d').container('c')
    for (let i = 0; i < 20; i++) await items.create({ id: `${i}` })
    expect(await command('split', { ...where, partition: '0', at: '20' })).toEqual({ status: 200, body: ['1', '2'] })
    const { body } = (await command('partitions', where)) as { body: { documents: number }[] }
    expect(body).toMatchObject([
      { id: '1', min: '', max: '20' },
      { id: '2', min: '20', max: 'FF' },
    ])
    expect(body.reduce((sum, { documents }) => sum + documents, 0)).toBe(20)
    expect(await command('merge', { ...where, a: '1', b: '2' })).toEqual({ status: 200, body: '3' })
  })

  it('let requests go wrong by seed, and end it', async () => {
    const { items } = client.database('d').container('c')
    expect(await command('faults', { seed: 1, rates: { retryWith: 1 } })).toEqual({ status: 200, body: {} })
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
    ['faults', '[1]', 400],
    ['faults', '{', 400],
    ['stale-reads', {}, 400],
    ['split', { ...where, partition: '7' }, 400],
    ['split', { ...where, container: 'x', partition: '0' }, 404],
    ['merge', { ...where, a: '0' }, 400],
  ])('refuse %s with %j', async (name, args, status) => {
    expect(await command(name, args)).toMatchObject({ status, body: { code: expect.any(String) } })
  })
})
