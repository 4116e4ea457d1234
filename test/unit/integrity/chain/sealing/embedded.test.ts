import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EmbeddedPort, openEmbeddedPort } from '../../../../../src/adapters/embedded/index.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { sealing } from '../../../../../src/integrity/chain/sealing/sealing.ts'
import { type Chain, openChain } from '../../../../../src/integrity/open-chain.ts'
import { startProcessor } from '../../../../../src/processor/processor.ts'
import { compareWithLog } from '../../../../../src/testing/simulate/chain/compare-with-log.ts'
import { readPlainChain } from '../../../../../src/testing/simulate/chain/plain-chain.ts'

const ORIGIN = 'acme/meters'
const opened: EmbeddedPort[] = []
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-chain-'))
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((port) => port.close()))
  await rm(folder, { recursive: true, force: true })
})

async function open(name: string): Promise<EmbeddedPort> {
  const port = await openEmbeddedPort(join(folder, name), { ranges: 3 })
  opened.push(port)
  return port
}

async function append(to: StoragePort, streams: number): Promise<void> {
  const metadata = () => ({ eventId: crypto.randomUUID() })
  for (let i = 0; i < streams; i++) {
    const event = { eventType: 'read', eventData: { i }, metadata: metadata() }
    await to.events.append(`thing:${i}`, [event, { ...event, metadata: metadata() }], { expectedVersion: 'any' })
  }
}

async function faults({ context }: Chain): Promise<readonly string[]> {
  return compareWithLog(await readPlainChain(context.ledger), context.storage, context.ledger, true)
}

test('two workers on one folder seal each event once', async () => {
  const ports = [await open('log'), await open('log')]
  const chains = await Promise.all(ports.map((port) => openChain(port, { origin: ORIGIN })))
  const timing = { leaseDuration: 300, renewInterval: 50, pollInterval: 50 }
  const processors = await Promise.all(
    chains.map((chain) => startProcessor(chain.context.storage, [sealing(chain, { maxAge: 20 })], timing)),
  )
  for (let i = 0; i < 5; i++) await append(ports[i % 2] as EmbeddedPort, 10)
  await Promise.all(processors.map((processor) => processor.stop()))
  await chains[0]?.sealNow()
  expect(await faults(chains[0] as Chain)).toEqual([])
})

test('a backup that is made while events are sealed has a chain that is not ahead of its log, and that a restart follows', async () => {
  const port = await open('log')
  const chain = await openChain(port, { origin: ORIGIN })
  await append(port, 10)
  await chain.sealNow()
  let isOver = false
  const work = async () => {
    while (!isOver) {
      await append(port, 5)
      await chain.sealNow()
    }
  }
  const working = work()
  await port.backup(join(folder, 'backup'))
  isOver = true
  await working
  const restored = await open('backup')
  const copy = await openChain(restored, { origin: ORIGIN })
  const { blocks, leaves, faults: wrong } = await readPlainChain(copy.context.ledger)
  expect(wrong).toEqual([])
  expect(blocks.length).toBeGreaterThan(0)
  const logged = new Set<string>()
  for (let i = 0; i < 10; i++) {
    const { events } = await restored.events.load(`thing:${i}`)
    for (const { stream } of events) logged.add(`${stream.id}@${stream.version}`)
  }
  expect([...leaves.keys()].filter((key) => !logged.has(key))).toEqual([])
  // It is another log from now on: both must not go on under one name.
  await expect(copy.sealNow()).rejects.toMatchObject({ code: 'ChainOfAnotherLog' })
  await copy.restart('Restored a backup')
  await copy.sealNow()
  expect(await faults(copy)).toEqual([])
})
