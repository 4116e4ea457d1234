import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CosmosClient } from '@azure/cosmos'
import { expect, it, onTestFinished } from 'vitest'
import { openCosmos, signedBy } from '../../../src/cosmos.ts'
import { cosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { findCredentials } from '../../../src/open/cosmos/credentials.ts'
import { keyInFile } from '../../../src/open/cosmos/key-file.ts'
import { someEvents } from '../../support/embedded/events.ts'

const key = (byte: number) => Buffer.alloc(64, byte).toString('base64')

async function file(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-key-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'key')
  await writeFile(path, text)
  return path
}

it('a key that is rotated is used from the next request on, without another client', async () => {
  let current = key(1)
  const one = cosmosEmulator({ key: key(1) })
  const other = cosmosEmulator({ key: key(2) })
  const { endpoint } = one
  // The account takes one key, then the other.
  const httpClient: typeof one.httpClient = {
    sendRequest: (request) => (current === key(1) ? one : other).httpClient.sendRequest(request),
  }
  const client = new CosmosClient({ endpoint, httpClient, tokenProvider: signedBy(() => current) })
  onTestFinished(() => client.dispose())
  await using first = await openCosmos(client, { database: 'd', setup: true })
  await first.events.append('a:1', someEvents(1), { expectedVersion: 0 })
  current = key(2)
  await using second = await openCosmos(client, { database: 'd', setup: true })
  expect((await second.events.append('a:1', someEvents(1), { expectedVersion: 0 })).version).toBe(1)
})

it('a request that is refused while the key is rotated is signed anew', async () => {
  const emulator = cosmosEmulator({ key: key(2) })
  const keys = [key(1), key(2)]
  const { endpoint, httpClient } = emulator
  const client = new CosmosClient({
    endpoint,
    httpClient,
    tokenProvider: signedBy(() => (keys.length > 1 ? keys.shift() : keys[0]) as string),
  })
  onTestFinished(() => client.dispose())
  await using storage = await openCosmos(client, { database: 'd', setup: true })
  await storage.ping()
})

it('the file is read again after some seconds, and its last key holds while it cannot be', async () => {
  let now = 0
  const path = await file(`${key(1)}\n`)
  const current = await keyInFile(path, () => now)
  await writeFile(path, key(2))
  expect(await current()).toBe(key(1))
  now = 5_000
  expect(await current()).toBe(key(2))
  await writeFile(path, 'half a key')
  now = 10_000
  expect(await current()).toBe(key(2))
  await rm(path)
  now = 15_000
  expect(await current()).toBe(key(2))
})

it('what is no key is told without it', async () => {
  const path = await file('no secret!')
  for (const COSMOS_KEY_FILE of [path, `${path}.gone`]) {
    await expect(findCredentials({ COSMOS_KEY_FILE }, 'https://a.example/')).rejects.toMatchObject({
      code: 'InvalidConfiguration',
      setting: 'COSMOS_KEY_FILE',
      message: expect.not.stringContaining('no secret!'),
    })
  }
  expect(await findCredentials({ COSMOS_KEY_FILE: await file(key(3)) }, 'https://a.example/')).toEqual({
    tokenProvider: expect.any(Function),
  })
})
