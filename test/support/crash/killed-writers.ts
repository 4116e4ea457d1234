import { expect } from 'vitest'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { randomFrom } from '../../../src/core/random.ts'
import { someEvents } from '../embedded/events.ts'
import { checkLog, Follower } from './check.ts'
import { type Acknowledged, killedWriter } from './killed-writer.ts'

/**
 * Kills so many writers at once, round after round, and holds the log to what they had acknowledged.
 *
 * @param url under which other processes open the storage
 */
export async function surviveKilledWriters(
  storage: StoragePort,
  url: string,
  { writers, rounds, seed }: { readonly writers: number; readonly rounds: number; readonly seed: number },
): Promise<void> {
  console.info(`TIDEMARK_SEED=${seed}`)
  const random = randomFrom(seed + writers)
  const follower = new Follower(storage)
  const acknowledged: Acknowledged[] = []
  for (let round = 0; round < rounds; round++) {
    const killed = Array.from({ length: writers }, (_, i) => killedWriter(url, `${round}-${i}`, random() * 150))
    for (const appends of await Promise.all(killed)) acknowledged.push(...appends)
    await follower.read()
  }
  expect(acknowledged.length).toBeGreaterThan(rounds * writers)
  await checkLog(storage, follower, acknowledged)
  const id = 'crash:0'
  const { version } = await storage.events.load(id)
  const appended = await storage.events.append(id, someEvents(1), { expectedVersion: version })
  expect(appended.version).toBe(version + 1)
}
