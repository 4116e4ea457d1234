import { CosmosClient } from '@azure/cosmos'
import { expect, it, onTestFinished } from 'vitest'
import { openCosmosPort } from '../../../src/adapters/cosmos/index.ts'
import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import { repository } from '../../../src/aggregates/repository.ts'
import { checkUnique } from '../../../src/aggregates/unique/check-unique.ts'
import { rebuildUnique } from '../../../src/aggregates/unique/rebuild-unique.ts'
import { TidemarkError } from '../../../src/core/errors/base.ts'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { randomFrom } from '../../../src/core/random.ts'
import { cosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { below, oneOf } from '../../../src/testing/conformance/support/random.ts'
import { tempFolder } from '../../support/embedded/folders.ts'
import { onModel } from '../../support/mongo-model/on-model.ts'
import { changeEmail, changePhones, customer, greet, register } from './support/customers.ts'

type Open = () => Promise<StoragePort>

/** Storages that several processes open. */
const STORAGES: Record<string, () => Promise<Open>> = {
  async 'the embedded storage'() {
    const folder = tempFolder()
    return () => openEmbeddedPort(folder, { ranges: 2 })
  },
  async 'the emulator of Azure Cosmos DB'() {
    const client = new CosmosClient(cosmosEmulator())
    onTestFinished(() => client.dispose())
    return () => openCosmosPort(client, { database: 'd', setup: true })
  },
  async 'the model of MongoDB'() {
    const on = await onModel()
    onTestFinished(() => on[Symbol.asyncDispose]())
    return () => on.open()
  },
}

/** A process whose appends are lost now and then, before or after they took effect. */
function unreliable(storage: StoragePort, random: () => number): StoragePort {
  const append: StoragePort['events']['append'] = async (...args) => {
    if (random() < 0.1) throw new StorageUnavailable('lost on the way')
    const result = await storage.events.append(...args)
    if (random() < 0.1) throw new StorageUnavailable('response lost')
    return result
  }
  return { ...storage, events: { ...storage.events, append } }
}

async function openTwo(name: string): Promise<readonly [StoragePort, StoragePort]> {
  const open = await (STORAGES[name] as (typeof STORAGES)[string])()
  const ports = [await open(), await open()] as const
  onTestFinished(async () => {
    for (const port of ports) await port.close()
  })
  return ports
}

const NAMES = Object.keys(STORAGES)

it.each(NAMES)('of 64 claimants in two processes exactly one gets a value, in %s', async (name) => {
  const customers = (await openTwo(name)).map((port) => repository(port, customer))
  const claiming = Array.from({ length: 64 }, (_, i) => customers[i % 2]?.execute(`c${i}`, register('same@x')))
  const results = await Promise.allSettled(claiming)
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
  expect(new Set(codes)).toEqual(new Set(['ValueTaken']))
})

it.each(NAMES)('no value has two owners, and each has its claim, after appends were lost in %s', async (name) => {
  const ports = await openTwo(name)
  const random = randomFrom(7)
  const emails = ['a@x', 'b@x', 'c@x']
  const customers = ports.map((port) => repository(unreliable(port, random), customer, { uniqueGrace: 20 }))
  const command = () =>
    oneOf(random, [
      register(oneOf(random, emails), [`${below(random, 3)}`]),
      changeEmail(oneOf(random, [...emails, null])),
      changePhones(`${below(random, 3)}`),
    ])
  let done = 0
  await Promise.all(
    Array.from({ length: 8 }, async (_, client) => {
      for (let i = 0; i < 12; i++) {
        const ended = customers[client % 2]?.execute(`k${below(random, 5)}`, command()).catch((error: unknown) => {
          if (!(error instanceof TidemarkError)) throw error
          return undefined
        })
        if ((await ended) !== undefined) done++
      }
    }),
  )
  expect(done).toBeGreaterThan(10)
  // A claim whose append was lost counts as in flight until the stream of its owner has gone on.
  const reliable = repository(ports[0] as StoragePort, customer)
  for (let k = 0; k < 5; k++) await reliable.execute(`k${k}`, greet)
  const checked = await checkUnique(ports[0], customer)
  expect(checked).toMatchObject({ ok: true, faults: { missing: 0, foreign: 0, duplicate: 0, stale: 0 } })
  expect(checked.values).toBeGreaterThan(0)
  expect(await rebuildUnique(ports[1], customer)).toMatchObject({ made: 0, duplicates: 0, removed: checked.abandoned })
  expect(await checkUnique(ports[0], customer)).toMatchObject({ ok: true, claims: checked.values, abandoned: 0 })
})
