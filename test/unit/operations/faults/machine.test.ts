import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { DEFAULT_THRESHOLDS, type Thresholds } from '../../../../src/operations/alerts/thresholds.ts'
import type { RuleName } from '../../../../src/operations/model/alert.ts'
import { startSampler } from '../../../../src/operations/sampler/start-sampler.ts'
import { open, tempFolder } from '../../../support/embedded/folders.ts'
import { judging, SECOND } from './support.ts'

// The machine's clock, because what is measured here is the machine itself: other rules may fire where it is slow.
const EVERY = 100
const LONGEST = 30 * SECOND

/** Watches a folder, and judges it by one rule. */
function watch(storage: StoragePort, rule: RuleName, thresholds: Partial<Thresholds>) {
  const sampler = startSampler({ storage, kind: 'file', every: EVERY })
  const { log } = judging(sampler, { thresholds, every: 10 * SECOND })
  const changes = () => log.filter((change) => change.includes(` ${rule}/`))
  return {
    close: sampler.close,
    /** Waits until there are so many changes of the rule, and returns them. */
    async untilChanged(count: number): Promise<string[]> {
      await expect.poll(() => changes().length, { interval: EVERY, timeout: LONGEST }).toBeGreaterThanOrEqual(count)
      return changes()
    },
  }
}

it('an event loop that is blocked fires EventLoop of its process, until it turns again', {
  timeout: 90_000,
}, async () => {
  const folder = tempFolder()
  const { untilChanged, close } = watch(await open(folder), 'EventLoop', { eventLoop: { warning: 500, for: SECOND } })
  const thread = new Worker(new URL('../../../support/operations/blocked-thread.ts', import.meta.url), {
    workerData: { folder },
  })
  onTestFinished(async () => void (await thread.terminate()))
  thread.postMessage('block')
  const changes = ['AlertFired EventLoop/instance/w1 warning', 'AlertResolved EventLoop/instance/w1 warning']
  expect(await untilChanged(1)).toEqual(changes.slice(0, 1))
  thread.postMessage('turn')
  expect(await untilChanged(2)).toEqual(changes)
  await close()
})

it('a long read that holds the write-ahead log fires WalTooLarge, until it ends', { timeout: 90_000 }, async () => {
  const folder = tempFolder()
  const storage = await open(folder)
  const events = defineEvents({ Noted: z.object({ text: z.string() }) })
  const store = eventStore(storage, events)
  const note = { type: 'Noted' as const, data: { text: 'x'.repeat(900_000) } }
  const write = async (count: number) => {
    for (let i = 0; i < count; i++) await store.append('s:1', [note], { expectedVersion: 'any' })
  }
  const wal = { ...DEFAULT_THRESHOLDS.wal, warning: 66_000_000, for: 300 }
  const { untilChanged, close } = watch(storage, 'WalTooLarge', { wal })
  const reader = new DatabaseSync(join(folder, 'events.db'), { readOnly: true })
  await write(1)
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM sqlite_master').get()
  await write(76)
  const changes = ['AlertFired WalTooLarge/file/events.db warning', 'AlertResolved WalTooLarge/file/events.db warning']
  expect(await untilChanged(1)).toEqual(changes.slice(0, 1))
  reader.close()
  // It is written back with one of the next writes.
  await write(20)
  expect(await untilChanged(2)).toEqual(changes)
  await close()
})
