import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { repository } from '../../../../src/aggregates/repository.ts'
import { folderPayloads, openVault, withVault } from '../../../../src/privacy/index.ts'
import type { KeyDocument } from '../../../../src/privacy/vault/people/key-document.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import type { Projection } from '../../../../src/projections/projection.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'
import { testMaster } from '../support/vaults.ts'
import { DATABASES, findBelow } from './databases.ts'
import { brokenCards, brokenLetters, brokenSearch, cards, dataOf, member, plans, search, secretsOf } from './people.ts'

const PROJECTIONS = [plans, cards, search, brokenCards, brokenSearch, brokenLetters]

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end; await sleep(20)) if (await holds()) return
  throw new Error(`Not in time: ${what}`)
}

test.each(Object.keys(DATABASES))(
  'personal data is nowhere in clear but in swept views, and nowhere at all once a person was forgotten, in %s',
  { timeout: 60_000 },
  async (name) => {
    const database = await (DATABASES[name] as (typeof DATABASES)[string])()
    const payloads = tempFolder()
    const clock = manualClock()
    const store = folderPayloads(payloads)
    const rules = [{ name: 'folder', store }]
    const vault = await openVault({ keys: database.storage, master: testMaster(), clock, payloads: rules })
    const storage = withVault(database.storage, vault)
    const members = repository(storage, member, { snapshots: { every: 1 } })
    const told: string[] = []
    const processor = await startProcessor(storage, PROJECTIONS, {
      pollInterval: 50,
      onError: (error, about) => told.push(`${(error as Error).stack} ${JSON.stringify(about)}`),
    })
    onTestFinished(() => processor.stop())

    for (const id of ['ada', 'bob']) {
      await members.execute(id, () => ({ type: 'Joined', data: dataOf(id) }))
      await members.execute(id, () => ({ type: 'PlanChanged', data: { memberId: id, plan: 'gold' } }))
    }
    await members.settled()
    const parkedOf = async (projection: (typeof PROJECTIONS)[number]) =>
      (await parkedSequences(storage, projection).list()).items
    await until('all views, and all that is parked', async () => {
      const views: unknown[] = []
      for (const one of [plans, cards, search] as readonly Projection[]) views.push(await storage.views.get(one, 'bob'))
      const parked = await Promise.all([brokenCards, brokenSearch, brokenLetters].map(parkedOf))
      return views.every((view) => view !== null) && parked.every(({ length }) => length === 2)
    })
    await until('the cards of both', async () => (await storage.views.get(cards, 'ada')) !== null)
    expect(await storage.views.get(cards, 'ada')).toEqual({ ...dataOf('ada'), plan: undefined })

    const secrets = [...secretsOf('ada'), ...secretsOf('bob')]
    const names = [dataOf('ada').name, dataOf('bob').name]
    expect(await database.find(secrets)).toEqual([])
    expect(findBelow(payloads, [...secrets, ...names])).toEqual([])
    expect(await database.find(names)).not.toEqual([])
    expect(await database.storage.snapshots.get('member:ada')).toBeDefined()
    const [event] = (await database.storage.events.load('member:ada')).events
    const keyId = String((event?.eventData.$personal as { readonly k: string }[] | undefined)?.[0]?.k).split('.')[0]
    const keyDocument = async () =>
      (await database.storage.viewStore.get({ projection: '$keys', version: 1, key: String(keyId) }))?.document.data as
        | KeyDocument
        | undefined
    const wrapped = (await keyDocument())?.key as string
    expect(await database.find([wrapped])).not.toEqual([])
    const objects = async () => (await Array.fromAsync(store.list(`${keyId}`))).length
    expect(await objects()).toBe(1)

    await vault.forget('ada')
    clock.advance(100_000)
    await until('the marker', async () => {
      await vault.finishDue()
      return (await keyDocument())?.marker === null
    })
    const gone = [...secretsOf('ada'), dataOf('ada').name, wrapped]
    await until('nothing is left', async () => (await database.find(gone)).length === 0).catch(() => {})
    expect(await database.find(gone)).toEqual([])
    expect(findBelow(payloads, gone)).toEqual([])
    expect(await objects()).toBe(0)
    expect(await database.find([dataOf('bob').name])).not.toEqual([])
    expect(await members.load('ada')).toMatchObject({ state: { name: '(forgotten)', plan: 'gold' } })
    expect((await members.load('bob')).state.email).toBe(dataOf('bob').email)

    const status = JSON.stringify([await processor.status(), await Promise.all(PROJECTIONS.map(parkedOf))])
    expect([...secrets, ...names].filter((one) => `${status} ${told.join('\n')}`.includes(one))).toEqual([])
    expect(told.length).toBeGreaterThan(0)
  },
)
