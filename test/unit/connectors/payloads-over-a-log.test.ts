import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { redisCache } from '../../../src/connectors/redis/index.ts'
import { s3Payloads } from '../../../src/connectors/s3/index.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import { payloadReferencesOf } from '../../../src/core/events/sealing/sealed-data.ts'
import { withVault } from '../../../src/privacy/index.ts'
import {
  connectRedis,
  findRedis,
  startRedis,
  type TestRedis,
  type TestRedisClient,
} from '../../support/servers/redis.ts'
import { startS3, type TestS3 } from '../../support/servers/s3.ts'
import { findServerFolder } from '../../support/servers/test-server-folder.ts'
import { setting } from '../privacy/support/vaults.ts'

const server = findServerFolder('s3', 'THE S3 TESTS')
const program = findRedis()

const events = defineEvents({
  ContractSigned: {
    schema: z.object({ memberId: z.string(), scan: z.string().nullable() }),
    personal: { of: (data) => data.memberId, fields: { scan: null } },
    apart: ['scan'],
  },
})
const NEEDLE = 'a scan of the contract of Ada Lovelace'

describe.skipIf(server === undefined || program === undefined)('payloads of a log in S3 behind Redis', () => {
  let s3: TestS3
  let redis: TestRedis
  let client: TestRedisClient
  beforeAll(async () => {
    s3 = await startS3(server ?? '')
    redis = await startRedis(program ?? '')
    client = await connectRedis(redis)
  }, 60_000)
  afterAll(async () => {
    client?.destroy()
    await redis?.[Symbol.asyncDispose]()
    await s3?.[Symbol.asyncDispose]()
  })

  async function given() {
    const world = setting()
    const rules = [{ name: 'gdpr', store: s3Payloads(s3.client, { bucket: s3.bucket }) }]
    const vault = await world.open({ payloads: rules, payloadCache: redisCache(client, { ttl: 60_000 }) })
    const log = eventStore(withVault(world.log, vault, { clock: world.clock }), events)
    s3.proxy.requests.length = 0
    s3.proxy.decide(() => 'forward')
    return { world, vault, log }
  }
  const signed = (memberId: string) => events.create('ContractSigned', { memberId, scan: NEEDLE })
  const gets = () => s3.proxy.requests.filter((line) => line.startsWith('GET ')).length

  it('are read from the cache without a request to S3, and from S3 once the cache is empty', async () => {
    const { log } = await given()
    await log.append('member:1', [signed('a'), signed('b')], { expectedVersion: 'any' })
    const read = async () => (await log.load('member:1')).events.map(({ data }) => data.scan)
    expect(await read()).toEqual([NEEDLE, NEEDLE])
    expect(gets()).toBe(0)
    await client.sendCommand(['FLUSHALL'])
    expect(await read()).toEqual([NEEDLE, NEEDLE])
    expect(gets()).toBe(2)
    await read()
    expect(gets()).toBe(2)
  })

  it('append nothing while S3 is down, and the same events once it is back', async () => {
    const { log } = await given()
    const event = { ...signed('a'), id: 'event-1' }
    s3.proxy.decide(() => ({ status: 503 }))
    const append = () => log.append('member:2', [event], { expectedVersion: 'noStream' })
    await expect(append()).rejects.toThrow(expect.objectContaining({ code: 'PayloadStoreFailed' }))
    expect((await log.load('member:2')).version).toBe(0)
    s3.proxy.decide(() => 'forward')
    expect((await append()).duplicate).toBe(false)
    expect((await append()).duplicate).toBe(true)
  })

  it('keep the content of an event whose id is reused with other content', async () => {
    const { log } = await given()
    await log.append('member:3', [{ ...signed('a'), id: 'event-1' }], { expectedVersion: 'any' })
    const other = { ...events.create('ContractSigned', { memberId: 'a', scan: 'another one' }), id: 'event-1' }
    const append = log.append('member:3', [other], { expectedVersion: 'any' })
    await expect(append).rejects.toThrow(expect.objectContaining({ code: 'EventIdReused' }))
    await client.sendCommand(['FLUSHALL'])
    expect((await log.load('member:3')).events.map(({ data }) => data.scan)).toEqual([NEEDLE])
  })

  it('are nowhere in clear, and their objects are gone with their person', async () => {
    const { world, vault, log } = await given()
    await log.append('member:4', [signed('ada')], { expectedVersion: 'any' })
    const [event] = (await world.log.events.load('member:4')).events
    const key = payloadReferencesOf(event?.eventData ?? {}).scan?.key ?? 'no reference'
    const object = s3Payloads(s3.client, { bucket: s3.bucket })
    expect(await object.get(key)).toBeDefined()
    for (const folder of [s3.folder, redis.folder]) expect(await textOf(folder)).not.toContain('Lovelace')
    await vault.forget('ada')
    await vault.finishDue()
    expect(await object.get(key)).toBeUndefined()
    const [forgotten] = (await log.load('member:4')).events
    expect(forgotten?.data.scan).toBeNull()
    expect(await client.sendCommand(['STRLEN', `tidemark:${key}`])).toBe(0)
    world.clock.advance(120_000)
    expect(await vault.finishDue()).toMatchObject({ finished: 1 })
  })
})

async function textOf(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
  return (await Promise.all(paths.map((path) => readFile(path, 'latin1')))).join('\n')
}
