import assert from 'node:assert/strict'
import { WrongExpectedVersion } from '../../../core/errors/append.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { casesOf } from '../case.ts'
import { event, events, eventsNamed, grow, idsOf, numbers } from '../support/events.ts'
import { wholeFeed } from '../support/feed.ts'

/** Concurrent calls on two handles. */
export const concurrency = casesOf('concurrency', {
  'of 64 writers on one stream, exactly one wins each version': async ({ open, reopen }) => {
    const storage = await open()
    const ports = [storage, await reopen(storage)]
    const winners = new Map<number, string>()
    const write = async (port: StoragePort, name: string) => {
      let expectedVersion = 0
      for (;;) {
        try {
          const { version, duplicate } = await port.events.append('a:1', [event(name)], { expectedVersion })
          assert.deepEqual([version, duplicate], [expectedVersion + 1, false])
          assert.ok(!winners.has(version), `version ${version} is won by ${winners.get(version)} and ${name}`)
          winners.set(version, name)
          return
        } catch (error) {
          if (!(error instanceof WrongExpectedVersion)) throw error
          assert.equal(error.expected, expectedVersion)
          assert.ok(
            error.actual > expectedVersion,
            `${name} was refused at ${expectedVersion}, the head is ${error.actual}`,
          )
          expectedVersion = error.actual
        }
      }
    }
    await Promise.all(numbers(0, 63).map((i) => write(ports[i % 2] as StoragePort, `writer ${i}`)))
    assert.deepEqual(
      [...winners.keys()].toSorted((a, b) => a - b),
      numbers(1, 64),
    )
    for (const port of ports) {
      const { events: found } = await port.events.load('a:1')
      assert.deepEqual(
        idsOf(found),
        numbers(1, 64).map((version) => winners.get(version)),
      )
    }
  },

  'of 64 first appends to one stream, exactly one opens it': async ({ open, reopen }) => {
    const storage = await open()
    const ports = [storage, await reopen(storage)]
    const appends = numbers(0, 63).map((i) =>
      (ports[i % 2] as StoragePort).events.append('a:1', events(3), { expectedVersion: i % 3 ? 'noStream' : 0 }),
    )
    const outcomes = await Promise.allSettled(appends)
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue
      assert.deepEqual([outcome.reason.code, outcome.reason.actual], ['WrongExpectedVersion', 3])
    }
    assert.equal((await wholeFeed(storage)).length, 3)
  },

  'one append sent 32 times at once is written once': async ({ open, reopen }) => {
    const storage = await open()
    const ports = [storage, await reopen(storage)]
    await grow(storage, 'a:1', 2)
    for (const [round, expectedVersion] of (['any', 'streamExists', 4] as const).entries()) {
      const before = (await storage.events.load('a:1')).version
      const batch = eventsNamed(`${round}x`, `${round}y`)
      const expected = typeof expectedVersion === 'number' ? before : expectedVersion
      const results = await Promise.all(
        numbers(1, 32).map((i) =>
          (ports[i % 2] as StoragePort).events.append('a:1', batch, { expectedVersion: expected }),
        ),
      )
      assert.equal(results.filter(({ duplicate }) => !duplicate).length, 1, String(expectedVersion))
      assert.deepEqual(new Set(results.map(({ version }) => version)), new Set([before + 2]))
      assert.equal((await storage.events.load('a:1')).version, before + 2)
    }
  },

  "concurrent appends at 'any' all succeed, each whole and at its returned version": async ({ open, reopen }) => {
    const storage = await open()
    const ports = [storage, await reopen(storage)]
    const batches = numbers(0, 49).map((i) => numbers(0, i % 4).map((n) => `${i}-${n}`))
    const results = await Promise.all(
      batches.map((ids, i) =>
        (ports[i % 2] as StoragePort).events.append('a:1', eventsNamed(...ids), { expectedVersion: 'any' }),
      ),
    )
    const { events: found, version } = await storage.events.load('a:1')
    assert.equal(version, batches.flat().length)
    for (const [i, ids] of batches.entries()) {
      const last = results[i]?.version as number
      assert.deepEqual(idsOf(found.slice(last - ids.length, last)), ids)
    }
  },

  'a refused append does not affect concurrent ones': async ({ open }) => {
    const storage = await open()
    await storage.events.append('taken:1', eventsNamed('x'), { expectedVersion: 0 })
    const outcomes = await Promise.allSettled(
      numbers(0, 79).map((i) => {
        if (i % 4 === 0) return storage.events.append('taken:1', events(1), { expectedVersion: 0 })
        if (i % 4 === 1) return storage.events.append('taken:1', [event('x', { other: i })], { expectedVersion: 'any' })
        return storage.events.append(`free:${i}`, events(2), { expectedVersion: 'noStream' })
      }),
    )
    const codes = outcomes.map((outcome) =>
      outcome.status === 'rejected' ? outcome.reason.code : outcome.value.version,
    )
    assert.deepEqual(
      codes,
      numbers(0, 79).map((i) => ['WrongExpectedVersion', 'EventIdReused', 2, 2][i % 4]),
    )
    assert.equal((await wholeFeed(storage)).length, 1 + 40 * 2)
  },
})
