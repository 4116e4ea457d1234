import fc from 'fast-check'
import { expect, it } from 'vitest'
import { moveLog } from '../../../src/copy/copy-and-verify.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { type MemoryStorage, openMemory } from '../../../src/testing/memory/index.ts'
import { history, live } from './histories.ts'
import { Killed, killedPorts } from './killed-port.ts'
import { logOf } from './whole-log.ts'

/** A source in small pages, whose ranges are cut while it is read: at each of these hashes, before that read. */
function beingCut(source: MemoryStorage, cuts: readonly (readonly [read: number, hash: string])[]): StoragePort {
  let reads = 0
  const { feed } = source
  return {
    ...source,
    feed: {
      ...feed,
      read(range, from, options) {
        for (const [read, hash] of cuts) if (read === reads) source.split(hash)
        reads++
        return feed.read(range, from, { ...options, limit: 2 })
      },
    },
  }
}

const hash = fc.integer({ min: 1, max: 0x3fffffff }).map((value) => value.toString(16).toUpperCase().padStart(8, '0'))
const cuts = fc.array(fc.tuple(fc.nat({ max: 12 }), hash), { maxLength: 8 })
const kills = fc.array(fc.record({ call: fc.nat({ max: 80 }), when: fc.constantFrom('before', 'after') }), {
  maxLength: 3,
})

it('ranges that are cut while they are copied go on as their parts, wherever the copy is killed', () =>
  fc.assert(
    fc.asyncProperty(history, kills, fc.array(cuts, { minLength: 4, maxLength: 4 }), async (steps, killed, allCuts) => {
      await using memory = openMemory({ ranges: 2 })
      await using target = openMemory({ ranges: 2 })
      await live(memory, steps)
      for (const [i, kill] of killed.entries()) {
        const source = beingCut(memory, allCuts[i] ?? [])
        await moveLog(killedPorts({ source, target }, kill)).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error
        })
      }
      const { verification } = await moveLog({ source: beingCut(memory, allCuts[3] ?? []), target })
      expect(verification.differences).toEqual([])
      expect(await logOf(target)).toEqual(await logOf(memory))
      // What is written down covers the hash space, each place once.
      const places = (await target.leases.list()).map(({ document: { range } }) => range)
      places.sort((a, b) => (a.min < b.min ? -1 : 1))
      expect(['', ...places.map(({ max }) => max)]).toEqual([...places.map(({ min }) => min), 'FF'])
    }),
    { numRuns: 300 },
  ))
