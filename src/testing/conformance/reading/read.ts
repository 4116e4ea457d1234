import assert from 'node:assert/strict'
import type { ReadOptions } from '../../../core/port/event-log.ts'
import { casesOf } from '../case.ts'
import { collect, deleteWhole, fill, grow, numbers, versionsOf } from '../support/events.ts'
import { rejectsWith } from '../support/expect.ts'

const LONG = 2500

const WINDOWS: readonly (readonly [ReadOptions, readonly number[]])[] = [
  [{}, numbers(1, 7)],
  [{ direction: 'forwards' }, numbers(1, 7)],
  [{ direction: 'backwards' }, numbers(1, 7).reverse()],
  [{ from: 3 }, [3, 4, 5, 6, 7]],
  [{ to: 3 }, [1, 2, 3]],
  [{ from: 3, to: 5 }, [3, 4, 5]],
  [{ from: 3, to: 3 }, [3]],
  [{ from: 5, to: 3 }, []],
  [{ from: 8 }, []],
  [{ from: 5, to: 100 }, [5, 6, 7]],
  [{ limit: 2 }, [1, 2]],
  [{ from: 6, limit: 5 }, [6, 7]],
  [{ from: 5, direction: 'backwards' }, [5, 4, 3, 2, 1]],
  [{ to: 5, direction: 'backwards' }, [7, 6, 5]],
  [{ from: 5, to: 3, direction: 'backwards' }, [5, 4, 3]],
  [{ from: 3, to: 5, direction: 'backwards' }, []],
  [{ from: 100, limit: 2, direction: 'backwards' }, [7, 6]],
  [{ limit: 1, direction: 'backwards' }, [7]],
]

const codeOf = (error: unknown) => (error as { readonly code?: string }).code

/** Reading one stream. */
export const read = casesOf('read', {
  'returns the requested part, in the requested direction': async ({ open }) => {
    const storage = await open()
    await grow(storage, 'a:1', 4)
    await grow(storage, 'a:1', 3)
    await grow(storage, 'a:2', 9)
    for (const [options, versions] of WINDOWS) {
      const what = JSON.stringify(options)
      assert.deepEqual(versionsOf(await collect(storage.events.read('a:1', options))), versions, `read ${what}`)
      const loaded = await storage.events.load('a:1', options)
      assert.deepEqual(versionsOf(loaded.events), versions, `load ${what}`)
      assert.equal(loaded.version, 7, `the head after load ${what}`)
    }
  },

  'returns a long stream completely, forwards, backwards and from the middle': async ({ open }) => {
    const storage = await open()
    await fill(storage, 'a:1', LONG)
    const all = numbers(1, LONG)
    assert.deepEqual(versionsOf(await collect(storage.events.read('a:1'))), all)
    assert.deepEqual(
      versionsOf(await collect(storage.events.read('a:1', { direction: 'backwards' }))),
      all.toReversed(),
    )
    assert.deepEqual(versionsOf(await collect(storage.events.read('a:1', { from: 700, to: 2300 }))), numbers(700, 2300))
    assert.deepEqual(versionsOf(await collect(storage.events.read('a:1', { limit: 1999 }))), numbers(1, 1999))
    for (const [options, versions] of [
      [{}, all],
      [{ direction: 'backwards' }, all.toReversed()],
      [{ from: 700, to: 2300 }, numbers(700, 2300)],
      [{ from: 2300, to: 700, direction: 'backwards' }, numbers(700, 2300).toReversed()],
      [{ limit: 1999 }, numbers(1, 1999)],
      [{ limit: 1024, direction: 'backwards' }, numbers(LONG - 1023, LONG).toReversed()],
      [{ from: LONG - 10, to: LONG + 10 }, numbers(LONG - 10, LONG)],
    ] as const) {
      const loaded = await storage.events.load('a:1', options)
      assert.deepEqual(versionsOf(loaded.events), versions, `load ${JSON.stringify(options)}`)
      assert.equal(loaded.version, LONG)
    }
  },

  'a long stream is loaded as it was at one moment, while it grows': async ({ open }) => {
    const storage = await open()
    await fill(storage, 'a:1', LONG)
    let running = true
    const growing = (async () => {
      while (running) await grow(storage, 'a:1', 3)
    })()
    try {
      for (const direction of ['forwards', 'backwards', 'forwards'] as const) {
        const { events: loaded, version } = await storage.events.load('a:1', { direction })
        const versions = versionsOf(loaded)
        assert.deepEqual(direction === 'forwards' ? versions : versions.toReversed(), numbers(1, version))
      }
    } finally {
      running = false
      await growing
    }
  },

  'a long stream that is deleted while it is loaded is returned completely or is StreamDeleted': async ({ open }) => {
    const storage = await open()
    await fill(storage, 'a:1', LONG)
    const loading = storage.events.load('a:1').then(({ events: { length } }) => length, codeOf)
    await deleteWhole(storage, 'a:1')
    const outcome = await loading
    assert.ok(outcome === LONG || outcome === 'StreamDeleted', `a load that raced a deletion: ${outcome}`)
  },

  'a stream that does not exist is empty and at version 0': async ({ open }) => {
    const storage = await open()
    assert.deepEqual(await collect(storage.events.read('a:1')), [])
    assert.deepEqual(await storage.events.load('a:1'), { events: [], version: 0 })
    assert.deepEqual(await storage.events.load('a:1', { from: 10, direction: 'backwards' }), { events: [], version: 0 })
  },

  'an iteration that is left early requests no more, and the storage stays usable': async ({ open }) => {
    const storage = await open()
    await fill(storage, 'a:1', LONG)
    for (let round = 0; round < 20; round++) {
      for await (const { stream } of storage.events.read('a:1')) if (stream.version === 3) break
    }
    await grow(storage, 'a:1')
    assert.equal((await storage.events.load('a:1', { from: LONG })).version, LONG + 1)
  },

  'appends during a read do no harm: versions have no gap': async ({ open }) => {
    const storage = await open()
    await fill(storage, 'a:1', LONG)
    const seen: number[] = []
    for await (const { stream } of storage.events.read('a:1')) {
      if (stream.version % 800 === 1) await grow(storage, 'a:1', 3)
      seen.push(stream.version)
    }
    assert.deepEqual(seen, numbers(1, seen.length))
    assert.ok(seen.length >= LONG)
  },

  'a deleted stream is StreamDeleted, for read, load and findAppend': async ({ open }) => {
    const storage = await open()
    await grow(storage, 'a:1', 3)
    await deleteWhole(storage, 'a:1')
    for (const options of [{}, { from: 2 }, { direction: 'backwards' }] as const) {
      await rejectsWith('StreamDeleted', () => collect(storage.events.read('a:1', options)), 'read')
      await rejectsWith('StreamDeleted', () => storage.events.load('a:1', options), 'load')
    }
    await rejectsWith('StreamDeleted', () => storage.events.load('a:1', { limit: 0 }), 'load of the version alone')
    await rejectsWith('StreamDeleted', () => storage.events.findAppend('a:1', 'x'), 'findAppend')
  },

  'a stream that is deleted during a read ends it with StreamDeleted': async ({ open }) => {
    const storage = await open()
    await fill(storage, 'a:1', LONG)
    await rejectsWith('StreamDeleted', async () => {
      for await (const { stream } of storage.events.read('a:1')) {
        if (stream.version === 1) await deleteWhole(storage, 'a:1')
      }
    })
  },

  "an aborted signal ends a read with the signal's reason": async ({ open }) => {
    const storage = await open()
    await fill(storage, 'a:1', LONG)
    const reason = new Error('enough')
    await assert.rejects(() => collect(storage.events.read('a:1', { signal: AbortSignal.abort(reason) })), reason)
    const controller = new AbortController()
    let seen = 0
    await assert.rejects(async () => {
      for await (const _ of storage.events.read('a:1', { signal: controller.signal })) {
        if (++seen === 10) controller.abort(reason)
      }
    }, reason)
    assert.ok(seen < LONG, 'the read did not reach the end')
  },
})
