import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { MongoClient } from 'mongodb'
import { afterAll, describe, expect, it } from 'vitest'
import { openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import type { Position } from '../../../../../src/core/positions/position.ts'
import { wholeFeed } from '../../../../../src/testing/conformance/support/feed.ts'
import { manualClock } from '../../../../../src/testing/manual-clock.ts'
import { checkAgreement } from '../../../../support/mongo/agreement.ts'
import { checkPages, type RandomReader, randomReader } from '../../../../support/mongo/random-reader.ts'
import { lanes, PROCESSES, type Process, type Record, work } from '../../../../support/mongo/random-work.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../../../support/mongo/server.ts'

const server = await findServer()
const seed = Number(process.env.TIDEMARK_SEED ?? randomInt(2 ** 31))
const clients = Array.from({ length: PROCESSES }, () => new MongoClient(server ?? 'mongodb://127.0.0.1'))
const [client] = clients as [MongoClient]
afterAll(() => Promise.all(clients.map((one) => one.close())))

const RUNS = 25

// Milliseconds after which no other run is begun, on a machine that has more to do.
const ENOUGH = 6000

async function readOn(readers: readonly RandomReader[], isOver: () => boolean): Promise<void> {
  await Promise.all(
    readers.map(async (reader) => {
      while (!isOver()) await reader.read()
    }),
  )
}

describe.skipIf(server === undefined)('several processes that append, end, erase and read the feed', () => {
  it.each([1, 8])('agree about each event, with %i slots', async (slots) => {
    console.info(`TIDEMARK_SEED=${seed}`)
    const database = newDatabaseName()
    const processes: Process[] = []
    let runs = 0
    try {
      for (const one of clients) {
        const clock = manualClock()
        processes.push({ clock, port: await openMongoPort(one, { database, slots, clock }) })
      }
      const limits = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: PROCESSES, maxLength: PROCESSES })
      await fc.assert(
        fc.asyncProperty(lanes, limits, async (lanes, limits) => {
          const run = runs++
          const record: Record = { done: [], ended: new Set(), erased: new Set() }
          const readers = await Promise.all(processes.map(({ port }, i) => randomReader(port, limits[i] as number)))
          let isOver = false
          const reading = readOn(readers, () => isOver)
          const nameOf = (stream: number) => `run-${run}:${stream}`
          const worked = await Promise.allSettled(lanes.map((lane) => work(processes, lane, nameOf, record)))
          isOver = true
          await reading
          expect(worked.filter(({ status }) => status === 'rejected')).toEqual([])
          for (const reader of readers) await reader.finish()
          const places = new Map<string, Position>()
          for (const { event, position } of await wholeFeed((processes[0] as Process).port)) {
            places.set(event.id, position)
          }
          for (const { pages } of readers) {
            const seen = checkPages(pages, record)
            const moved = seen.filter(({ event, position }) => {
              const place = places.get(event.id)
              return place && JSON.stringify(place) !== JSON.stringify(position)
            })
            expect(moved, 'an event has one place').toEqual([])
          }
          await checkAgreement(client.db(database))
        }),
        { seed, numRuns: RUNS, interruptAfterTimeLimit: ENOUGH },
      )
      expect(runs).toBeGreaterThan(0)
    } finally {
      for (const { port } of processes) await port.close()
      await dropDatabases(client, [database])
    }
  })
})
