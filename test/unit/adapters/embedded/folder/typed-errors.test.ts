import { join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmbeddedPort, openEmbeddedPort } from '../../../../../src/adapters/embedded/index.ts'
import { TidemarkError } from '../../../../../src/core/errors/base.ts'
import { someEvents } from '../../../../support/embedded/events.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'
import { mountDisk } from '../../../../support/embedded/mounts.ts'

// What this thread calls of SQLite; a writer's calls are made in another thread.
const CALLS = [
  [DatabaseSync.prototype, 'exec'],
  [DatabaseSync.prototype, 'prepare'],
  [StatementSync.prototype, 'get'],
  [StatementSync.prototype, 'all'],
  [StatementSync.prototype, 'run'],
] as const

const originals = CALLS.map(([prototype, name]) => (prototype as unknown as Record<string, unknown>)[name])
afterEach(restore)

function restore(): void {
  for (const [i, [prototype, name]] of CALLS.entries()) Object.assign(prototype, { [name]: originals[i] })
}

/** Lets the n-th call from now on, and those after it, fail as SQLite does; answers how many there were. */
function failFrom(n: number): () => number {
  let calls = 0
  for (const [i, [prototype, name]] of CALLS.entries()) {
    const original = originals[i] as (...parameters: unknown[]) => unknown
    Object.assign(prototype, {
      [name](this: unknown, ...parameters: unknown[]) {
        if (++calls < n) return original.apply(this, parameters)
        throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 10 })
      },
    })
  }
  return () => calls
}

/** Lets `work` meet a failure at each of its calls in turn; every error must be one of Tidemark's. */
async function meetFailures(work: () => Promise<unknown>, atLeast = 1): Promise<void> {
  for (let n = 1; ; n++) {
    const calls = failFrom(n)
    const outcome = await work().then(
      () => undefined,
      (error: unknown) => error,
    )
    restore()
    if (calls() < n) return expect(n).toBeGreaterThan(atLeast)
    expect(outcome, `call ${n}`).toBeInstanceOf(TidemarkError)
  }
}

describe('a failure of SQLite', () => {
  it('is a TidemarkError wherever it is met while a folder is made', async () => {
    await meetFailures(async () => (await openEmbeddedPort(join(tempFolder(), 'data'))).close(), 20)
  })

  it('is a TidemarkError wherever it is met while a folder is opened', async () => {
    const folder = tempFolder()
    await (await open(folder)).close()
    await meetFailures(async () => (await openEmbeddedPort(folder)).close(), 20)
  })

  const ref = { projection: 'p', version: 1, key: 'k' }
  const range = { min: '', max: 'FF' }
  const reads: Record<string, (storage: EmbeddedPort, position: string) => Promise<unknown>> = {
    ping: (storage) => storage.ping(),
    load: (storage) => storage.events.load('a:1'),
    read: (storage) => Array.fromAsync(storage.events.read('a:1')),
    query: (storage) => Array.fromAsync(storage.events.query({})),
    findAppend: (storage) => storage.events.findAppend('a:1', 'x'),
    locate: (storage, position) => storage.events.locate(position),
    ranges: (storage) => storage.feed.ranges(),
    'feed.read': (storage) => storage.feed.read(range, 'start'),
    'feed.read from a time': (storage) => storage.feed.read(range, new Date()),
    lag: (storage) => storage.feed.lag(range, 'start'),
    'views.get': (storage) => storage.viewStore.get(ref),
    'views.getMany': (storage) => storage.viewStore.getMany('p', 1, ['a', 'b']),
    'views.query': (storage) => storage.viewStore.query({ ...ref, where: { a: 1 }, orderBy: { field: 'b' } }),
    'leases.list': (storage) => storage.leases.list(),
    'leases.get': (storage) => storage.leases.get('x'),
    'snapshots.get': (storage) => storage.snapshots.get('a:1'),
  }
  for (const [name, read] of Object.entries(reads)) {
    it(`is a TidemarkError wherever it is met in ${name}`, async () => {
      const storage = await open()
      const { position } = await storage.events.append('a:1', someEvents(3), { expectedVersion: 0 })
      await meetFailures(() => read(storage, position))
    })
  }
})

it('a disk of whatever size holds a storage or refuses it with a TidemarkError', async (context) => {
  for (let kilobytes = 4; kilobytes <= 320; kilobytes += 12) {
    const folder = tempFolder()
    const disk = mountDisk(folder, `${kilobytes}k`)
    if (typeof disk === 'string') {
      console.warn(`\nNOT TESTED, since no disk can be mounted here: ${context.task.name} (${disk})\n`)
      return context.skip(`no disk can be mounted here: ${disk}`)
    }
    using _ = disk
    try {
      const storage = await openEmbeddedPort(join(folder, 'data'))
      const appended = await Promise.allSettled([
        storage.events.append('a:1', someEvents(5), { expectedVersion: 'any' }),
        storage.snapshots.remove('a:1'),
        storage.events.load('a:1'),
        storage.viewStore.getMany('p', 1, ['a']),
        storage.ping(),
      ])
      for (const outcome of appended) {
        if (outcome.status === 'rejected') expect(outcome.reason, `${kilobytes}k`).toBeInstanceOf(TidemarkError)
      }
      await storage.close()
    } catch (error) {
      expect(error, `${kilobytes}k`).toBeInstanceOf(TidemarkError)
    }
  }
}, 120_000)
