import { CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test } from 'vitest'
import {
  type CosmosOptions,
  type CosmosPort,
  openCosmosPort,
  setUpCosmos,
} from '../../../../../src/adapters/cosmos/index.ts'
import type { NewEventDocument } from '../../../../../src/core/port/event-document.ts'
import { noTelemetry } from '../../../../../src/core/telemetry/telemetry.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'
import { manualClock } from '../../../../../src/testing/manual-clock.ts'
import { between, type Given, isScript, type Seen } from '../support/between.ts'

// What the service answers for a script, put between: each as its pages and others' reports of it say.
const REFUSED: Given = { status: 400, headers: { 'x-ms-substatus': '429' } }
const OUT_OF_TIME: Given = { status: 408 }
const BLOCKED: Given = { status: 403 }
const MISSING: Given = { status: 404 }
const BROKEN: Given = { status: 400 }

/** An opening by procedure, and what the scripts are answered from then on. */
async function start(options: Partial<CosmosOptions> = {}) {
  const scripts: Seen[] = []
  const fallbacks: unknown[] = []
  let answer: (run: number, request: Seen) => Given | undefined = () => undefined
  const emulator = between(cosmosEmulator(), (request) => {
    if (!isScript(request)) return undefined
    scripts.push(request)
    return answer(scripts.length, request)
  })
  const client = new CosmosClient(emulator)
  onTestFinished(() => client.dispose())
  const telemetry = {
    ...noTelemetry,
    count: (name: string, _: number, { fault }: { readonly fault?: unknown }) =>
      void (name === 'tidemark.cosmos.fallbacks' && fallbacks.push(fault)),
  }
  const database = 'd'
  const port = await openCosmosPort(client, { database, append: 'storedProcedure', setup: true, telemetry, ...options })
  onTestFinished(() => port.close())
  const answerWith = (given: typeof answer) => {
    scripts.length = 0
    answer = given
  }
  return { port, client, scripts, fallbacks, answerWith, emulator }
}

let ids = 0
const events = (count: number): NewEventDocument[] =>
  Array.from({ length: count }, () => ({ eventType: 'E', eventData: {}, metadata: { eventId: `e${ids++}` } }))

const append = (port: CosmosPort, count: number, expectedVersion: number) =>
  port.events.append('a:1', events(count), { expectedVersion })

async function batchAppendsOf(client: CosmosClient): Promise<unknown> {
  return (await client.database('d').container('leases').item('$storage', '$storage').read()).resource?.batchAppends
}

test('a call that the server refuses a script is waited for, and then done by a batch, which the server lets wait', async () => {
  const { port, scripts, answerWith, client } = await start()
  answerWith((run) => (run === 1 ? REFUSED : undefined))
  expect((await append(port, 2, 0)).version).toBe(2)
  expect(scripts).toHaveLength(2)
  expect(await batchAppendsOf(client)).toBeUndefined()
  answerWith(() => REFUSED)
  expect((await append(port, 2, 2)).version).toBe(4)
  expect(scripts).toHaveLength(3)
  expect(await batchAppendsOf(client)).toBe(true)
  expect((await port.events.load('a:1')).version).toBe(4)
})

test('what no batch can take waits for the script until the deadline, and is StorageBusy', async () => {
  const { port, answerWith } = await start({ deadline: 400 })
  answerWith(() => REFUSED)
  await expect(append(port, 100, 0)).rejects.toMatchObject({ code: 'StorageBusy' })
  answerWith((run) => (run < 4 ? REFUSED : undefined))
  expect((await append(port, 100, 0)).version).toBe(100)
})

test('a script that runs out of time is run twice, never more: the service blocks one that does so again and again', async () => {
  const { port, scripts, fallbacks, answerWith } = await start()
  answerWith(() => OUT_OF_TIME)
  expect((await append(port, 1, 0)).version).toBe(1)
  expect([scripts.length, fallbacks]).toEqual([2, ['timeout']])
  await port.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 1 })
  expect(await port.events.erase('a:1')).toEqual({ done: true })
  expect([scripts.length, fallbacks]).toEqual([6, ['timeout', 'timeout', 'timeout']])
})

test.each([
  ['blocked', BLOCKED, 'denied'],
  ['removed', MISSING, 'missing'],
])('where a script was %s, appends go on by batch, and it is left alone for a while', async (_, answer, fault) => {
  const { port, scripts, fallbacks, answerWith, client } = await start()
  answerWith(() => answer)
  for (let version = 0; version < 5; version++) expect((await append(port, 1, version)).version).toBe(version + 1)
  expect([scripts.length, fallbacks]).toEqual([1, [fault]])
  expect(await batchAppendsOf(client)).toBe(true)
})

test('a script that fails in whatever way is tried some times, and then a batch does its work', async () => {
  const { port, scripts, fallbacks, answerWith } = await start()
  answerWith(() => BROKEN)
  expect((await append(port, 1, 0)).version).toBe(1)
  expect([scripts.length, fallbacks]).toEqual([6, ['error']])
})

test('credentials that may do nothing are StorageAccessDenied, as ever', async () => {
  const { port, emulator } = await start()
  emulator.faults = (_, response) => (response === undefined ? { answer: { status: 403 } } : undefined)
  await expect(append(port, 1, 0)).rejects.toMatchObject({ code: 'StorageAccessDenied' })
  emulator.faults = undefined
})

test('a full partition and an append that is too large are told as what they are', async () => {
  const { port, answerWith } = await start()
  answerWith(() => ({ status: 400, headers: { 'x-ms-substatus': '403' } }))
  await expect(append(port, 1, 0)).rejects.toMatchObject({ code: 'StorageFull' })
  answerWith(() => ({ status: 400, headers: { 'x-ms-substatus': '413' } }))
  await expect(append(port, 1, 0)).rejects.toMatchObject({ code: 'AppendTooLarge' })
})

test('erasure asks for half as much each time a call is refused, until the server goes along', async () => {
  const { port, scripts, answerWith } = await start()
  await append(port, 90, 0)
  await append(port, 30, 90)
  await port.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 120 })
  const limitOf = ({ body }: Seen): number => JSON.parse(body)[0].limit
  answerWith((_, request) => (limitOf(request) > 10 ? REFUSED : undefined))
  expect(await port.events.erase('a:1')).toEqual({ done: true })
  const limits = scripts.map(limitOf)
  expect(limits.slice(0, 5)).toEqual([100, 50, 25, 12, 6])
  expect(new Set(limits.slice(5))).toEqual(new Set([6]))
  await expect(port.events.load('a:1')).rejects.toMatchObject({ code: 'StreamDeleted' })
})

test('setup registers a script anew that the service blocks', async () => {
  const { client, answerWith } = await start()
  const { scripts: registered } = client.database('d').container('events')
  const [blocked] = (await registered.storedProcedures.readAll().fetchAll()).resources
  const idOf = async () => (await registered.storedProcedure(String(blocked?.id)).read()).resource?._rid
  answerWith((_, { path }) => (path.endsWith(`/${blocked?.id}`) ? BLOCKED : undefined))
  await setUpCosmos(client, { database: 'd' })
  expect(await idOf()).toBeDefined()
  expect(await idOf()).not.toBe(blocked?._rid)
  answerWith(() => undefined)
  const again = await idOf()
  await setUpCosmos(client, { database: 'd' })
  expect(await idOf()).toBe(again)
})

test('setup removes the scripts of older releases once its own have been there for a week', async () => {
  const day = 24 * 3_600_000
  for (const [age, goes] of [
    [6, false],
    [8, true],
  ] as const) {
    const clock = manualClock(Date.now() - 30 * day)
    const client = new CosmosClient(cosmosEmulator({ clock }))
    onTestFinished(() => client.dispose())
    await setUpCosmos(client, { database: 'd' })
    const { scripts: registered } = client.database('d').container('events')
    const namesOf = async () => (await registered.storedProcedures.readAll().fetchAll()).resources.map(({ id }) => id)
    const current = await namesOf()
    for (const id of current) await registered.storedProcedure(id).delete()
    const old = current.map((id) => id.replace(/[0-9a-f]{16}$/, '0123456789abcdef'))
    const others = ['append-to-stream-mine', 'append-to-stream-0123456789abcdef0']
    for (const id of [...old, ...others]) await registered.storedProcedures.create({ id, body: 'function () {}' })
    clock.advance((30 - age) * day)
    await setUpCosmos(client, { database: 'd' })
    // Of a release after this one, which was taken back.
    clock.advance(day)
    const newer = `${current[0]?.slice(0, -16)}fedcba9876543210`
    await registered.storedProcedures.create({ id: newer, body: 'function () {}' })
    await setUpCosmos(client, { database: 'd' })
    expect((await namesOf()).toSorted()).toEqual([...current, ...(goes ? [] : old), ...others, newer].toSorted())
  }
})
