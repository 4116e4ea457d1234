import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../../src/core/random.ts'
import { openStorage } from '../../../src/open/open-storage.ts'
import { checkLog, Follower } from '../../support/crash/check.ts'
import { type Acknowledged, killedWriter } from '../../support/crash/killed-writer.ts'
import { someEvents } from '../../support/embedded/events.ts'
import { killsOf, killTargets } from '../../support/killing/targets.ts'

const ROUNDS = 20
const seed = Number(process.env.TIDEMARK_SEED ?? randomInt(2 ** 31))

describe.each(killTargets)('a storage $name whose writers are killed again and again', (target) => {
  const rounds = killsOf(target, ROUNDS)

  it.each(target.few ? [2] : [1, 2])(
    'has all that was acknowledged, whole and in order, with %i at once',
    async (writers) => {
      console.info(`TIDEMARK_SEED=${seed}`)
      const random = randomFrom(seed + writers)
      await using made = await target.make()
      await using storage = await openStorage(made.url)
      const follower = new Follower(storage)
      const acknowledged: Acknowledged[] = []
      for (let round = 0; round < rounds; round++) {
        const killed = Array.from({ length: writers }, (_, i) =>
          killedWriter(made.url, `${round}-${i}`, random() * 150),
        )
        for (const appends of await Promise.all(killed)) acknowledged.push(...appends)
        await follower.read()
      }
      expect(acknowledged.length).toBeGreaterThan(rounds * writers)
      await checkLog(storage, follower, acknowledged)
      await made.check?.()
      const id = 'crash:0'
      const { version } = await storage.events.load(id)
      const appended = await storage.events.append(id, someEvents(1), { expectedVersion: version })
      expect(appended.version).toBe(version + 1)
    },
    120_000,
  )
})
