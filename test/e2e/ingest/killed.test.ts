import { type ChildProcess, fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { uuidOf } from '../../../src/core/append/uuid.ts'
import { randomFrom } from '../../../src/core/random.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { kill } from '../../support/children.ts'
import { BATCH, STRUCTURED, send } from '../../support/ingest/servers.ts'

const KILLS = 6
const PER_ROUND = 60
const SENDERS = 6
const STREAMS = 10
const seed = Number(process.env.TIDEMARK_SEED ?? randomInt(2 ** 31))
const SCRIPT = fileURLToPath(new URL('../../support/ingest/ingest-process.ts', import.meta.url))

type Acknowledged = { readonly id: string; readonly streamId: string; readonly version: number }

/** A process that accepts events, and is replaced by another one on the same port whenever it is killed. */
async function servedFrom(folder: string) {
  const start = async (port: number): Promise<readonly [ChildProcess, number]> => {
    const child = fork(SCRIPT, [folder, String(port)], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const [found] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('The process ended by itself'))),
    ])
    return [child, found as number]
  }
  let [child, port] = await start(0)
  return {
    url: `http://127.0.0.1:${port}/events`,
    async killAndRestart() {
      await kill(child)
      ;[child, port] = await start(port)
    },
    stop: () => kill(child),
  }
}

test('of a process that is killed again and again, every acknowledged event is in the log exactly once', async () => {
  console.info(`TIDEMARK_SEED=${seed}`)
  const random = randomFrom(seed)
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-ingest-'))
  const served = await servedFrom(folder)
  const acknowledged: Acknowledged[] = []
  let isOver = false
  let repeats = 0

  async function untilStored(body: string, headers: Record<string, string>) {
    for (;;) {
      try {
        const response = await send(served.url, body, headers)
        if (response.status === 200) repeats++
        if (response.status === 200 || response.status === 201) return response.body
        throw new Error(`${response.status} ${JSON.stringify(response.body)}`)
      } catch (error) {
        // Of a killed process, the sender knows nothing: it sends the whole again.
        if (!(error instanceof TypeError)) throw error
        await sleep(20)
      }
    }
  }

  async function sender(name: number): Promise<void> {
    for (let n = 0; !isOver; n++) {
      const isBatch = random() < 0.3
      const ids = Array.from({ length: isBatch ? 10 : 1 }, (_, i) => `${name}-${n}-${i}`)
      const events = ids.map((id) => ({
        ...{ specversion: '1.0', source: '/killed', type: 'Sent', id },
        subject: `order:${Math.floor(random() * STREAMS)}`,
        data: { id },
      }))
      const body = await untilStored(JSON.stringify(isBatch ? events : events[0]), isBatch ? BATCH : STRUCTURED)
      for (const [i, one] of (isBatch ? body.events : [body]).entries()) {
        acknowledged.push({ id: ids[i] as string, streamId: one.streamId, version: one.version })
      }
    }
  }

  try {
    const senders = Array.from({ length: SENDERS }, (_, name) => sender(name))
    for (let round = 0; round < KILLS; round++) {
      const enough = acknowledged.length + PER_ROUND
      while (acknowledged.length < enough) await sleep(5)
      await sleep(random() * 50)
      await served.killAndRestart()
    }
    isOver = true
    await Promise.all(senders)
  } finally {
    isOver = true
    await served.stop()
  }

  await using storage = await openEmbedded(folder)
  const found = new Map<string, string[]>()
  for await (const stream of storage.events.streams()) {
    for (const { eventData, metadata, stream: at } of (await storage.events.load(stream)).events) {
      expect(metadata.eventId).toBe(uuidOf('cloudEvent', '/killed', String(eventData.id)))
      found.set(metadata.eventId, [...(found.get(metadata.eventId) ?? []), `${at.id}@${at.version}`])
    }
  }
  console.info(`${acknowledged.length} events acknowledged, ${repeats} requests were repeats`)
  expect(acknowledged.length).toBeGreaterThan(KILLS * PER_ROUND)
  const wanted = acknowledged.map(({ id, streamId, version }) => [
    uuidOf('cloudEvent', '/killed', id),
    [`${streamId}@${version}`],
  ])
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted))
  await rm(folder, { recursive: true, force: true })
}, 300_000)
