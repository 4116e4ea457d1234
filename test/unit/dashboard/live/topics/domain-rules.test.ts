import { expect, it } from 'vitest'
import { domainRules } from '../../../../../src/dashboard/live/topics/domain-rules.ts'
import { isGroup } from '../../../../../src/dashboard/live/topics/projections.ts'
import type { Foldable } from '../../../../../src/dashboard/server/folding.ts'
import type { ObservedVersion, Snapshot } from '../../../../../src/operations/model/snapshot.ts'
import { range, version } from '../../../operations/alerts/support/snapshots.ts'
import { fakeOperations } from '../../fake-operations.ts'

const NOW = Date.UTC(2026, 0, 1)

const reaction = (name: string, rule?: Foldable['rule']): Foldable => ({
  ...{ kind: 'reaction', name, version: 1, category: null },
  ...(rule && { rule }),
})

const LOADED = [
  reaction('mailer'),
  reaction('welcome', { version: 2, on: 'UserAdded' }),
  reaction('welcome.mail', { version: 2, on: 'firings of welcome' }),
]

function rowsOf(versions: readonly ObservedVersion[] | null) {
  const healthy = fakeOperations().snapshot() as Snapshot
  const operations = fakeOperations({ snapshot: () => ({ ...healthy, versions }) })
  return domainRules(operations, () => LOADED).rows()
}

it('shows each rule and effect, and how far the reaction is that runs it', () => {
  const ranges = [range(NOW), range(NOW, { state: 'parked' })]
  const welcome = version(NOW, { projection: 'welcome', behind: 7, parked: 1, ranges })
  expect(rowsOf([version(NOW), welcome])).toEqual({
    'welcome:2': {
      ...{ name: 'welcome', version: 2, on: 'UserAdded', projection: 'welcome', projectionVersion: welcome.version },
      ...{ behind: 7, parked: 1, state: 'parked' },
    },
    'welcome.mail:2': {
      ...{ name: 'welcome.mail', version: 2, on: 'firings of welcome', projection: null },
      ...{ behind: null, parked: null, state: 'not started' },
    },
  })
})

it('says that a rule is paused unless it has something parked', () => {
  const paused = { projection: 'welcome', paused: '2026-01-01T00:00:00.000Z' }
  expect(rowsOf([version(NOW, { ...paused, parked: 0 })])).toMatchObject({ 'welcome:2': { state: 'paused' } })
  expect(rowsOf([version(NOW, { ...paused, parked: 1 })])).not.toMatchObject({ 'welcome:2': { state: 'paused' } })
})

it('knows nothing of how far rules are while versions cannot be read', () => {
  expect(rowsOf(null)).toMatchObject({ 'welcome:2': { behind: null, parked: null, state: null } })
})

it('takes the effect of a rule for no group of consumers', () => {
  expect(['welcome', 'welcome.mail', 'shop.orders'].map((name) => isGroup(name, LOADED))).toEqual([false, false, true])
})
