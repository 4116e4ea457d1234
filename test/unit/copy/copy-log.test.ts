import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { moveLog } from '../../../src/copy/copy-and-verify.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { findServer } from '../../support/mongo/server.ts'
import { history, live } from './histories.ts'
import { Killed, killedPorts } from './killed-port.ts'
import { cosmos, folder, memory, mongo, type OpenNew } from './storages.ts'
import { logOf } from './whole-log.ts'

const kills = fc.array(
  fc.record({
    call: fc.oneof(fc.nat({ max: 60 }), fc.constant(Number.POSITIVE_INFINITY)),
    when: fc.constantFrom('before' as const, 'after' as const),
  }),
  { maxLength: 3 },
)

type Pair = readonly [name: string, from: OpenNew, to: OpenNew, runs: number]

const withMongo = (server: string): readonly Pair[] => [
  ['a folder to MongoDB', folder, mongo(server), 12],
  ['MongoDB to a folder', mongo(server), folder, 12],
  ['MongoDB to Cosmos DB', mongo(server), cosmos('storedProcedure'), 6],
]

const server = await findServer()
const pairs: readonly Pair[] = [
  ['memory to memory', memory, memory, 150],
  ['memory to a folder', memory, folder, 10],
  ['a folder to memory', folder, memory, 10],
  ['a folder to Cosmos DB, by procedure', folder, cosmos('storedProcedure'), 6],
  ['a folder to Cosmos DB, by batch', folder, cosmos('transactionalBatch'), 6],
  ['Cosmos DB to a folder', cosmos('storedProcedure'), folder, 6],
  ...(server === undefined ? [] : withMongo(server)),
]

describe.each(pairs)('%s', (_, from, to, numRuns) => {
  it('whatever happened there, and wherever the copy is killed, the same log comes out', { timeout: 120_000 }, () =>
    fc.assert(
      fc.asyncProperty(history, history, kills, async (before, meanwhile, killed) => {
        await using source = await from()
        await using target = await to()
        await live(source, before)
        for (const kill of killed) {
          await moveLog(killedPorts({ source, target }, kill)).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error
          })
        }
        await live(source, meanwhile)
        await moved(source, target)
        // Once more changes nothing.
        const again = await moved(source, target)
        expect(again.copied.events).toBe(0)
      }),
      { numRuns },
    ),
  )
})

async function moved(source: StoragePort, target: StoragePort) {
  const { copied, verification } = await moveLog({ source, target })
  expect(await logOf(target)).toEqual(await logOf(source))
  expect(verification.target).toEqual(verification.source)
  expect(verification.differences).toEqual([])
  expect(copied.behind).toBe(0)
  return { copied, verification }
}
