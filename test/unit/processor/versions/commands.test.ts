import { describe, expect, it } from 'vitest'
import { WORKERS } from '../../../../src/core/leases/lease-owner.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../../src/core/port/view-store.ts'
import { openLedger } from '../../../../src/integrity/ledger/open-ledger.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { activateVersion } from '../../../../src/processor/versions/activate-version.ts'
import { dropVersion, rebuildVersion } from '../../../../src/processor/versions/drop-version.ts'
import { listVersions } from '../../../../src/processor/versions/listing/list-versions.ts'
import { pauseVersion, resumeVersion } from '../../../../src/processor/versions/pause-version.ts'
import { recordVersion } from '../../../../src/processor/versions/record-version.ts'
import type { VersionNotice } from '../../../../src/processor/versions/version-notice.ts'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import type { Projection } from '../../../../src/projections/projection.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { activeVersion } from '../../../../src/views/active-version.ts'
import { readVersionRecord, saveVersionRecord, type VersionRecord } from '../../../../src/views/version-record.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { until, untilCaughtUp } from '../../../support/projecting/until.ts'
import { storedViews } from '../../../support/projecting/views.ts'
import { holding, hurriedClock } from '../support.ts'
import { count, counts, countsDefinition, poisonous } from './support.ts'

const [v1, v2, v3] = [counts(1), counts(2), counts(3)]

/** Runs a version until it has read everything, or is active. */
async function run(port: StoragePort, projection: Projection, done: 'caughtUp' | 'active' = 'caughtUp') {
  await using _ = await startProcessor(port, [projection], { clock: hurriedClock })
  await untilCaughtUp(port, [projection])
  if (done === 'active') await untilActive(port, projection.version)
}

const untilActive = (port: StoragePort, version: number) =>
  until(`version ${version} is active`, async () => (await activeVersion(port.viewStore, 'counts')) === version)

const allOf = async (port: StoragePort) => (await withViews(port).views.get(v1, 'all'))?.count

describe('going back', () => {
  it('does not take place by holding a version that is active no more', async () => {
    await using port = openMemory()
    await count(port, 'a:1', 3)
    await run(port, v1)
    // The command finds version 1 active; before it writes, version 2 becomes so, which version 1 is behind then.
    const held = holding(port, 'before', (call, [document]) => {
      return call === 'viewStore.save' && (document as ViewDocument).projection === '$versions'
    })
    const activating = activateVersion(held.port, { name: 'counts', version: 1 })
    await held.reached
    await count(port, 'a:1', 3)
    await run(port, v2, 'active')
    held.release()
    await expect(activating).rejects.toMatchObject({ code: 'VersionBehind', version: 1 })
    expect(await activeVersion(port.viewStore, 'counts')).toBe(2)
    expect(await allOf(port)).toBe(6)
  })

  it('is one command, after which the newer version waits for a command, too', async () => {
    await using port = openMemory({ ranges: 4 })
    for (let i = 0; i < 10; i++) await count(port, `a:${i}`)
    await using _ = await startProcessor(port, [v1], { clock: hurriedClock })
    await untilCaughtUp(port, [v1])
    await using second = await startProcessor(port, [v2], { clock: hurriedClock })
    await untilActive(port, 2)
    expect(await activateVersion(port, { name: 'counts', version: 1 })).toBe(2)
    expect((await readVersionRecord(port.viewStore, 'counts'))?.document).toMatchObject({
      active: 1,
      versions: { 2: { held: true } },
    })
    await second.stop()
    await run(port, v2)
    expect(await activeVersion(port.viewStore, 'counts')).toBe(1)
    // One that is newer still is not what somebody went back from.
    await run(port, v3, 'active')
    expect(await activateVersion(port, { name: 'counts', version: 1 })).toBe(3)
    expect(await activateVersion(port, { name: 'counts', version: 1 })).toBe(1)
    expect(await allOf(port)).toBe(10)
  })

  it('is refused when views would go back, unless that is allowed', async () => {
    await using port = openMemory()
    await count(port, 'a:1', 3)
    await run(port, v1)
    await run(port, v2, 'active')
    await count(port, 'a:1', 2)
    await run(port, v2)
    const back = { name: 'counts', version: 1 }
    await expect(activateVersion(port, back)).rejects.toMatchObject({ code: 'VersionBehind', version: 1 })
    expect(await allOf(port)).toBe(5)
    expect(await activateVersion(port, back, { allowBehind: true })).toBe(2)
    expect(await allOf(port)).toBe(3)
  })

  it('knows what was never run', async () => {
    await using port = openMemory()
    await expect(activateVersion(port, { name: 'counts', version: 1 })).rejects.toMatchObject({
      code: 'UnknownVersion',
    })
    await run(port, v1)
    await expect(activateVersion(port, { name: 'counts', version: 2 })).rejects.toMatchObject({
      code: 'UnknownVersion',
    })
    await expect(listVersions(port, 'nothing')).rejects.toMatchObject({ code: 'UnknownVersion' })
  })
})

describe('a version with parked views', () => {
  it('does not become active, neither by itself nor by command, until somebody allows it', async () => {
    await using port = openMemory()
    await count(port, 'a:1', 3)
    await run(port, v1)
    const failing = defineProjection('counts', {
      version: 2,
      events: v1.events as never,
      key: () => 'all',
      initial: () => ({ count: 0 }),
      on: {
        Counted: () => {
          throw new Error('poison')
        },
      },
    })
    const notices: VersionNotice[] = []
    const options = { clock: hurriedClock, onVersion: (notice: VersionNotice) => notices.push(notice) }
    await using processor = await startProcessor(port, [failing], options)
    await until('its view is parked', async () => (await listVersions(port)).some(({ parked }) => parked > 0))
    await until('it is told', () => notices.some(({ kind }) => kind === 'held'))
    expect(await activeVersion(port.viewStore, 'counts')).toBe(1)
    const command = { name: 'counts', version: 2 }
    await expect(activateVersion(port, command)).rejects.toMatchObject({ code: 'VersionBehind' })
    await processor.stop()
    await activateVersion(port, command, { allowBehind: true })
    expect(await activeVersion(port.viewStore, 'counts')).toBe(2)
  })
})

describe('dropping a version', () => {
  it('removes its views and leases, and can be interrupted anywhere', async () => {
    for (let failAt = 0; ; failAt++) {
      await using port = openMemory({ ranges: 2 })
      for (let i = 0; i < 5; i++) await count(port, `a:${i}`)
      await run(port, v1)
      await run(port, v2, 'active')
      let calls = 0
      const count1 = <T>(work: () => Promise<T>): Promise<T> => {
        if (calls++ === failAt) throw new Error('interrupted')
        return work()
      }
      const interrupted: StoragePort = {
        ...port,
        viewStore: {
          ...port.viewStore,
          save: (...parameters) => count1(() => port.viewStore.save(...parameters)),
          drop: (...parameters) => count1(() => port.viewStore.drop(...parameters)),
        },
        leases: { ...port.leases, remove: (...parameters) => count1(() => port.leases.remove(...parameters)) },
      }
      const failure = await dropVersion(interrupted, { name: 'counts', version: 1 }, hurriedClock).catch(
        (error: Error) => error,
      )
      if (failure) {
        expect(failure.message).toBe('interrupted')
        if (failAt > 0) await expect(startProcessor(port, [v1])).rejects.toMatchObject({ code: 'VersionBeingDropped' })
        await dropVersion(port, { name: 'counts', version: 1 }, hurriedClock)
      }
      expect(await storedViews(port, v1)).toEqual(new Map())
      expect(await port.leases.list({ projection: 'counts', version: 1 })).toEqual([])
      expect((await listVersions(port)).map(({ version }) => version)).toEqual([2])
      expect(await allOf(port)).toBe(5)
      if (!failure) return expect(failAt).toBeGreaterThan(4)
    }
  })

  it('is refused for what readers see, for what is in use, and for what is not there', async () => {
    await using port = openMemory()
    await count(port, 'a:1')
    await run(port, v1)
    await expect(dropVersion(port, { name: 'counts', version: 1 })).rejects.toMatchObject({ code: 'VersionActive' })
    await expect(rebuildVersion(port, { name: 'counts', version: 1 })).rejects.toMatchObject({ code: 'VersionActive' })
    await expect(dropVersion(port, { name: 'counts', version: 7 })).rejects.toMatchObject({ code: 'UnknownVersion' })
    await expect(dropVersion(port, { name: 'other', version: 1 })).rejects.toMatchObject({ code: 'UnknownVersion' })
    await using _ = await startProcessor(port, [v2], { workerId: 'busy' })
    await untilActive(port, 2)
    await activateVersion(port, { name: 'counts', version: 1 }, { allowBehind: true })
    const used = { code: 'VersionInUse', owner: 'busy' }
    await expect(dropVersion(port, { name: 'counts', version: 2 })).rejects.toMatchObject(used)
    expect((await listVersions(port)).map(({ dropping }) => dropping)).toEqual([false, false])
  })

  it('drops nothing under a reserved name, even if a record of it was forged', async () => {
    await using port = openMemory()
    const ledger = openLedger(port.viewStore, { generation: 1, incarnation: port.incarnation })
    await ledger.save('head', 'newest', {}, 'ifAbsent')
    await saveVersionRecord(port, '$chain-head', { active: 2, versions: {} }, 'ifAbsent')
    for (const remove of [dropVersion, rebuildVersion]) {
      await expect(remove(port, { name: '$chain-head', version: 1 })).rejects.toMatchObject({ code: 'UnknownVersion' })
    }
    expect(await ledger.get('head', 'newest')).toBeDefined()
  })

  it('knows no version under a reserved name, whatever the command, even if a record of it was forged', async () => {
    await using port = openMemory()
    const which = { name: '$chain', version: 1 }
    const versions = { 1: { since: '', texts: [] }, 2: { since: '', texts: [] } }
    await saveVersionRecord(port, which.name, { active: 2, versions }, 'ifAbsent')
    const commands = {
      activate: () => activateVersion(port, which, { allowBehind: true }),
      pause: () => pauseVersion(port, which),
      resume: () => resumeVersion(port, which),
      drop: () => dropVersion(port, which),
      rebuild: () => rebuildVersion(port, which),
      list: () => listVersions(port, which.name),
    }
    for (const [name, command] of Object.entries(commands)) {
      const message = expect.stringContaining('$chain is reserved')
      await expect(command(), name).rejects.toMatchObject({ code: 'UnknownVersion', message })
    }
    expect(await port.leases.list()).toEqual([])
  })

  it('keeps a worker from beginning that looked for the mark before it was made', async () => {
    await using port = openMemory()
    await count(port, 'a:1', 10)
    await run(port, v1)
    await run(port, v2, 'active')
    await activateVersion(port, { name: 'counts', version: 1 })
    // Making an index takes long, and the worker does not work yet.
    const indexed = defineProjection('counts', { ...countsDefinition(2), indexes: ['count'] })
    const making = Promise.withResolvers<void>()
    const made = Promise.withResolvers<void>()
    const index = () => {
      making.resolve()
      return made.promise
    }
    const starting = startProcessor({ ...port, viewStore: { ...port.viewStore, index } }, [indexed])
    starting.catch(() => {})
    await making.promise
    const rebuilt = rebuildVersion(port, { name: 'counts', version: 2 }, hurriedClock)
    await until('it is marked', async () => (await listVersions(port)).some(({ dropping }) => dropping))
    made.resolve()
    const began = await starting.then(
      () => 'began',
      (error) => error.code,
    )
    const ended = await rebuilt.then(
      () => 'rebuilt',
      (error) => error.code,
    )
    // One of the two sees the other, or both do.
    expect([began, ended]).not.toEqual(['began', 'rebuilt'])
    if (began === 'began') await (await starting).stop()
    await using _ = await startProcessor(port, [v1])
    await count(port, 'a:1')
    await run(port, v2)
    expect((await storedViews(port, v2)).get('all')).toEqual({ count: 11 })
  })

  it('is refused where a worker has begun between its look at the workers and its mark', async () => {
    await using port = openMemory()
    await count(port, 'a:1', 10)
    await run(port, v1)
    await run(port, v2, 'active')
    const isMark = (document: ViewDocument) =>
      (document.data as unknown as VersionRecord).versions?.[1]?.dropping === true
    const held = holding(port, 'before', (call, [document]) => {
      return call === 'viewStore.save' && isMark(document as ViewDocument)
    })
    const dropped = dropVersion(held.port, { name: 'counts', version: 1 }, hurriedClock)
    dropped.catch(() => {})
    await held.reached
    await using _ = await startProcessor(port, [v1], { workerId: 'late' })
    held.release()
    await expect(dropped).rejects.toMatchObject({ code: 'VersionInUse', owner: 'late' })
    expect((await listVersions(port)).map(({ dropping }) => dropping)).toEqual([false, false])
    expect((await storedViews(port, v1)).get('all')).toEqual({ count: 10 })
  })

  it('waits for a worker that was killed, since it may only be paused', async () => {
    await using port = openMemory()
    await count(port, 'a:1')
    await run(port, v1)
    await run(port, v2, 'active')
    const [found] = await port.leases.list({ projection: 'counts', version: 1 })
    if (found === undefined) throw new Error('There is no lease')
    const clock = manualClock()
    const killed = { ...found.document, owner: 'killed', expiresAt: clock.now() }
    await port.leases.save(killed, { ifMatch: found.etag })
    await clock.advance(10_000)
    const which = { name: 'counts', version: 1 }
    await expect(dropVersion(port, which, clock)).rejects.toMatchObject({ code: 'VersionInUse', owner: 'killed' })
    await clock.advance(20_001)
    const dropped = dropVersion(port, which, clock)
    await until('it waits until every replica shows its mark', () => clock.sleeping > 0)
    await clock.advance(1_000)
    await dropped
    expect(await storedViews(port, v1)).toEqual(new Map())
  })
})

describe('building a version again', () => {
  it('forgets what was dropped from it, also in the process that ran it', async () => {
    await using port = openMemory()
    await count(port, 'a:1', 4)
    let broken = true
    const fragile = defineProjection('counts', {
      ...countsDefinition(2),
      on: {
        Counted: ({ count }, { version }) => {
          if (broken && version === 3) throw new Error('broken')
          return { count: count + 1 }
        },
      },
    })
    await run(port, v1)
    await run(port, fragile)
    const sequences = parkedSequences(port, fragile)
    await sequences.dropEvent({ streamId: 'a:1', version: 3 })
    await count(port, 'a:1')
    for (const key of ['a:1', 'all']) await sequences.replay(key)
    // A process that learns of the dropped event when it begins.
    await using later = port.reopen()
    await run(later, fragile)
    expect((await storedViews(port, fragile)).get('all')).toEqual({ count: 4 })
    broken = false
    await activateVersion(port, { name: 'counts', version: 1 }, { allowBehind: true }).catch(() => {})
    await rebuildVersion(port, { name: 'counts', version: 2 }, hurriedClock)
    await run(later, fragile)
    expect((await storedViews(port, fragile)).get('all')).toEqual({ count: 5 })
  })

  it('is refused where the version has become what readers see since it was looked at', async () => {
    await using port = openMemory()
    await count(port, 'a:1', 10)
    await run(port, v1)
    await run(port, v2, 'active')
    await activateVersion(port, { name: 'counts', version: 1 })
    const held = holding(port, 'before', (call, [filter]) => {
      return call === 'leases.list' && (filter as { projection?: string }).projection === WORKERS
    })
    const rebuilt = rebuildVersion(held.port, { name: 'counts', version: 2 }, hurriedClock)
    rebuilt.catch(() => {})
    await held.reached
    await activateVersion(port, { name: 'counts', version: 2 })
    held.release()
    await expect(rebuilt).rejects.toMatchObject({ code: 'VersionActive' })
    expect(await allOf(port)).toBe(10)
  })

  it('begins from the start of the feed, and becomes active by itself', async () => {
    await using port = openMemory({ ranges: 3 })
    for (let i = 0; i < 5; i++) await count(port, `a:${i}`)
    await run(port, v1)
    await run(port, v2, 'active')
    await activateVersion(port, { name: 'counts', version: 1 })
    await rebuildVersion(port, { name: 'counts', version: 2 }, hurriedClock)
    expect(await storedViews(port, v2)).toEqual(new Map())
    await run(port, v2, 'active')
    expect((await storedViews(port, v2)).get('all')).toEqual({ count: 5 })
  })

  it('is allowed for what readers see when it belongs to another life of the log', async () => {
    await using port = openMemory()
    await count(port, 'a:1')
    await run(port, v1)
    const restored = { ...port, incarnation: 'another' }
    await rebuildVersion(restored, { name: 'counts', version: 1 }, hurriedClock)
    await run(restored, v1)
    expect((await storedViews(port, v1)).get('all')).toEqual({ count: 1 })
  })
})

describe('handlers that change', () => {
  it('are noticed when the version did not, once for each text', async () => {
    await using port = openMemory()
    const notices: VersionNotice[] = []
    const changed = defineProjection('counts', {
      events: v1.events as never,
      key: () => 'all',
      initial: () => ({ count: 7 }),
      on: {},
    })
    for (const projection of [v1, v1, changed, changed, v1]) {
      await using _ = await startProcessor(port, [projection], { onVersion: (notice) => notices.push(notice) })
    }
    expect(notices).toEqual([
      { kind: 'handlersChanged', projection: 'counts', version: 1, since: expect.stringMatching(/Z$/), parked: false },
    ])
    expect((await listVersions(port, 'counts'))[0]?.changed).toMatch(/Z$/)
  })

  it('ask for a replay where views are parked, and are known once it has used them', async () => {
    await using port = openMemory()
    await count(port, 'a:1', 2)
    await count(port, 'b:1', 2)
    {
      await using _ = await startProcessor(port, [poisonous(1)], { clock: hurriedClock })
      await until('both are parked', async () => (await parkedSequences(port, v1).count()) === 2, 30_000)
    }
    const notices: VersionNotice[] = []
    const begin = (projection: Projection) =>
      startProcessor(port, [projection], { onVersion: (notice) => notices.push(notice) })
    const sequences = parkedSequences(port, v1)
    expect(await sequences.replay('a:1', { dryRun: true })).toMatchObject({ unparked: true })
    await (await begin(v1)).stop()
    expect(notices).toMatchObject([{ kind: 'handlersChanged', parked: true }])

    const fixed = defineProjection('counts', { ...countsDefinition(1), initial: () => ({ count: 10 }) })
    expect(await parkedSequences(port, fixed).replay('a:1')).toMatchObject({ unparked: true, folded: 2 })
    await (await begin(fixed)).stop()
    expect(notices).toHaveLength(1)
  }, 40_000)

  it('may be written with other blanks', () => {
    const make = (on: object) =>
      defineProjection('p', { events: v1.events as never, key: () => 'a', initial: () => ({ n: 0 }), on })
    // biome-ignore format: blanks are what this is about
    const [a, b, c] = [
      make({ Counted: (view: object) => ({ ...view,   n: 1 }) }),
      make({ Counted: (view: object) =>
        ({ ...view, n: 1 }) }),
      make({ Counted: (view: object) => ({ ...view, n: 2 }) }),
    ]
    expect(a?.fingerprint).toBe(b?.fingerprint)
    expect(a?.fingerprint).not.toBe(c?.fingerprint)
  })

  it('is recorded by all who begin at once', async () => {
    await using port = openMemory()
    const clock = manualClock()
    const both = [v1, v2].flatMap((one) => [one, one])
    await Promise.all(both.map((one) => recordVersion(port, clock, one)))
    const record = (await readVersionRecord(port.viewStore, 'counts'))?.document
    expect(Object.keys(record?.versions ?? {})).toEqual(['1', '2'])
    expect(Object.values(record?.versions ?? {}).map(({ texts }) => texts.length)).toEqual([1, 1])
  })
})
