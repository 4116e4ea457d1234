import { describe, expect, it } from 'vitest'
import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import type { LeaseDocument } from '../../../../src/core/port/lease-store.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../../src/core/port/view-store.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import type { RangeStatus } from '../../../../src/processor/status/status.ts'
import { NO_PROGRESS, toldProgress } from '../../../../src/processor/status/told-notes.ts'
import { rangesOf } from '../../../../src/processor/versions/version-progress.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { until } from '../../../support/projecting/until.ts'
import { append, hurriedClock, interposed, perStream } from '../support.ts'

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)
const leaseOf = async (port: StoragePort): Promise<LeaseDocument> => {
  const [found] = await port.leases.list({ projection: perStream.name })
  if (found === undefined) throw new Error('There is no lease')
  return found.document
}

describe('a range of another worker', () => {
  it('shows that worker’s progress, at no more saves than its checkpoints', async () => {
    await using port = openMemory()
    let saves = 0
    const counted = interposed(port, (call, next, [document]) => {
      if (call === 'leases.save' && (document as LeaseDocument).projection === perStream.name) saves++
      return next()
    })
    await using one = await startProcessor(counted, [perStream], { workerId: 'one' })
    await until('it has the range', async () => (await one.status()).ranges[0]?.state === 'idle')
    await using two = await startProcessor(port, [perStream], { workerId: 'two' })
    for (let i = 1; i <= 3; i++) {
      await append(port, 's:1', [1, 1])
      await until('it is stored', async () => (await leaseOf(port)).readTo === i)
    }
    const seen = async () => (await two.status()).ranges[0]
    await until('two sees it', async () => (await seen())?.folded === 6)
    expect(await seen()).toMatchObject({ owner: 'one', progressAt: time, failing: null })
    expect((await seen())?.rate).toBeGreaterThan(0)
    expect(await rangesOf(port, perStream.name, 1)).toMatchObject([{ folded: 6, progressAt: time, failing: null }])
    expect(saves, 'once to take it, and once for each page').toBeLessThanOrEqual(4)
  })

  it('shows nothing of what an earlier owner noted, when an older release keeps that', async () => {
    await using port = openMemory()
    await using one = await startProcessor(port, [perStream], { workerId: 'one' })
    await append(port, 's:1', [1])
    await until('it is noted', async () => (await leaseOf(port)).folded === 1)
    await one.stop()
    const document = await leaseOf(port)
    const now = Date.now()
    expect(toldProgress(document, now)).toMatchObject({ folded: 1, progressAt: time })
    // It stores all fields that it found, with a hold of its own.
    expect(toldProgress({ ...document, owner: 'older', hold: 'another' }, now)).toEqual(NO_PROGRESS)
    const { notedBy: _, folded: __, rate: ___, progressAt: ____, failing: _____, ...older } = document
    expect(toldProgress(older, now)).toEqual(NO_PROGRESS)
  })

  it('has a rate that fades while nothing more is stored', () => {
    const at = Date.UTC(2026, 0, 1)
    const noted = { hold: 'h', notedBy: 'h', folded: 9, rate: 100, progressAt: new Date(at).toISOString() }
    const rateAt = (now: number) => toldProgress(noted as unknown as LeaseDocument, now).rate
    expect(rateAt(at)).toBe(100)
    expect(rateAt(at - 60_000), 'its clock is ahead').toBe(100)
    expect(rateAt(at + 10_000)).toBeCloseTo(36.8, 1)
    expect(rateAt(at + 600_000)).toBeLessThan(0.001)
  })
})

describe('a range that fails', () => {
  it('shows since when, how often, and when it is tried again, to its owner and to others, until it succeeds', async () => {
    await using port = openMemory()
    let failing = false
    const poor = interposed(port, async (call, next) => {
      if (failing && call === 'viewStore.save') throw new StorageUnavailable('away')
      return next()
    })
    const quick = { clock: hurriedClock, leaseDuration: 30_000, renewInterval: 3_000, pollInterval: 3_000 }
    await using one = await startProcessor(poor, [perStream], { ...quick, workerId: 'one' })
    await until('it has the range', async () => (await one.status()).ranges[0]?.state === 'idle')
    await using two = await startProcessor(port, [perStream], { ...quick, workerId: 'two' })
    failing = true
    await append(port, 's:1', [1])
    const own = async () => (await one.status()).ranges[0] as RangeStatus
    await until('it failed four times', async () => ((await own()).failing?.attempts ?? 0) >= 4)
    const { failing: shown } = await own()
    expect(shown).toMatchObject({ since: time, nextAttempt: time })
    expect(shown?.since && shown.nextAttempt > shown.since).toBe(true)
    const seen = async () => (await two.status()).ranges[0] as RangeStatus
    await until('others see it', async () => (await seen()).failing !== null)
    expect((await seen()).failing?.since).toBe(shown?.since)
    expect((await rangesOf(port, perStream.name, 1))[0]).toMatchObject({
      failing: { since: shown?.since },
      error: { code: 'StorageUnavailable' },
    })
    failing = false
    await until('it is over', async () => (await own()).failing === null && (await own()).state === 'idle')
    await until('others see that', async () => (await seen()).failing === null)
  })

  it('is over with the checkpoint that stores its success, although the next attempt is yet to come', async () => {
    await using port = openMemory()
    let failures = 2
    const poor = interposed(port, async (call, next, [document]) => {
      const isView = (document as ViewDocument | undefined)?.projection === perStream.name
      if (call === 'viewStore.save' && isView && failures-- > 0) throw new StorageUnavailable('away')
      return next()
    })
    await append(port, 's:1', [1])
    await using _ = await startProcessor(poor, [perStream], { clock: hurriedClock })
    await until('it is stored', async () => (await leaseOf(port)).readTo === 1)
    expect(await leaseOf(port)).toMatchObject({ folded: 1, failing: null })
  })
})
