import { expect, it } from 'vitest'
import { differences } from '../../../../../src/dashboard/live/differences.ts'
import { ranges } from '../../../../../src/dashboard/live/topics/ranges.ts'
import type { Snapshot } from '../../../../../src/operations/model/snapshot.ts'
import { range, version } from '../../../operations/alerts/support/snapshots.ts'
import { fakeOperations } from '../../fake-operations.ts'

const NOW = Date.UTC(2026, 0, 1)

it('sends nothing of a range whose lease was renewed, and nothing else happened', async () => {
  const healthy = fakeOperations().snapshot() as Snapshot
  let renewed = 0
  const versions = () => [version(NOW, { ranges: [range(NOW, { expiresAt: NOW + 15_000 + renewed })] })]
  const operations = fakeOperations({ snapshot: () => ({ ...healthy, at: NOW + renewed, versions: versions() }) })
  const source = ranges(operations, 'full')
  const before = (await source.rows()) ?? {}
  renewed = 5_000
  expect(Object.keys(before)).toHaveLength(1)
  expect(differences(before, (await source.rows()) ?? {})).toBeUndefined()
})
