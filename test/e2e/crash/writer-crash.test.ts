import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkLog, Follower } from '../../support/crash/check.ts'
import { type Acknowledged, killedWriter } from '../../support/crash/killed-writer.ts'
import { someEvents } from '../../support/embedded/events.ts'
import { open, tempFolder } from '../../support/embedded/folders.ts'

const ROUNDS = 20
const seed = Number(process.env.TIDEMARK_SEED ?? randomInt(2 ** 31))

/** Numbers below 1 that come again with the seed (mulberry32 by Tommy Ettinger, public domain). */
function randoms(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

describe(`a folder whose writers are killed ${ROUNDS} times in a row`, () => {
  it.each([1, 2])(
    'has all that was acknowledged, whole and in order, with %i at once',
    async (writers) => {
      console.info(`TIDEMARK_SEED=${seed}`)
      const random = randoms(seed + writers)
      const folder = tempFolder()
      const storage = await open(folder, { ranges: 2 })
      const follower = new Follower(storage)
      const acknowledged: Acknowledged[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const killed = Array.from({ length: writers }, (_, i) => killedWriter(folder, `${round}-${i}`, random() * 150))
        for (const appends of await Promise.all(killed)) acknowledged.push(...appends)
        await follower.read()
      }
      expect(acknowledged.length).toBeGreaterThan(ROUNDS * writers)
      await checkLog(storage, follower, acknowledged)
      const id = 'crash:0'
      const { version } = await storage.events.load(id)
      const appended = await storage.events.append(id, someEvents(1), { expectedVersion: version })
      expect(appended.version).toBe(version + 1)
    },
    120_000,
  )
})
