import { CosmosClient } from '@azure/cosmos'
import { expect, it, onTestFinished } from 'vitest'
import { openCosmosPort } from '../../../../src/adapters/cosmos/index.ts'
import { openEmbeddedPort } from '../../../../src/adapters/embedded/index.ts'
import { appendEvents } from '../../../../src/core/append/append-events.ts'
import { deleteStream } from '../../../../src/core/append/delete-stream.ts'
import type { JsonObject } from '../../../../src/core/json/json.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { randomFrom } from '../../../../src/core/random.ts'
import { cosmosEmulator } from '../../../../src/cosmos-emulator/index.ts'
import { verifyWriterSeal } from '../../../../src/integrity/writer-seal/verify-writer-seal.ts'
import { writerKeyOf } from '../../../../src/integrity/writer-seal/writer-key.ts'
import { withWriterSeal, writerSeal } from '../../../../src/integrity/writer-seal/writer-seal.ts'
import { writerVerifier } from '../../../../src/integrity/writer-seal/writer-verifier.ts'
import { wholeFeed } from '../../../../src/testing/conformance/support/feed.ts'
import { randomObject } from '../../../../src/testing/conformance/support/random.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'
import { onModel } from '../../../support/mongo-model/on-model.ts'

const STORAGES: Record<string, () => Promise<StoragePort>> = {
  'the embedded storage': async () => openEmbeddedPort(tempFolder(), { ranges: 2 }),
  async 'the emulator of Azure Cosmos DB'() {
    const client = new CosmosClient(cosmosEmulator())
    onTestFinished(() => client.dispose())
    return openCosmosPort(client, { database: 'd', setup: true })
  },
  async 'the model of MongoDB'() {
    const on = await onModel()
    onTestFinished(() => on[Symbol.asyncDispose]())
    return on.open()
  },
}

// V8 13.6 parses a name of one quote as a backslash, if an object before it had that name at the same place.
const anyObject = (random: () => number): JsonObject =>
  JSON.parse(JSON.stringify(randomObject(random)).replaceAll('"\\"":', '"quote":'))

it.each(Object.entries(STORAGES))('seals of any events are valid when they are read from %s', async (_, open) => {
  await using port = await open()
  const key = writerKeyOf('ed25519', new Uint8Array(32).fill(3))
  const verifiers = [await writerVerifier(String(key.verifier))]
  const storage = withWriterSeal(port, writerSeal(key))
  const random = randomFrom(11)
  for (let i = 0; i < 60; i++) {
    const events = Array.from({ length: 1 + (i % 3) }, (__, j) => ({
      eventType: 'A',
      eventData: anyObject(random),
      metadata: { ...anyObject(random), eventId: `${i}-${j}` },
    }))
    const expectedVersion = i % 2 ? 'any' : 'noStream'
    await appendEvents(storage, `a:${i}`, events, { expectedVersion })
  }
  const whole = await wholeFeed(port)
  expect(whole.length).toBeGreaterThan(100)
  expect(new Set(whole.map(({ event }) => verifyWriterSeal(event, verifiers)))).toEqual(new Set(['valid']))
  await deleteStream(storage, 'a:1')
  const tombstone = (await wholeFeed(port)).at(-1)?.event
  expect(tombstone && verifyWriterSeal(tombstone, verifiers)).toBe('valid')
})
