import { describe, expect, it } from 'vitest'
import { topicSources } from '../../../../src/dashboard/live/topics/index.ts'
import type { PayloadMode } from '../../../../src/dashboard/payloads/payload.ts'
import type { Snapshot } from '../../../../src/operations/model/snapshot.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { range, version } from '../../operations/alerts/support/snapshots.ts'
import { foldAll, noting } from '../../processor/parking/support.ts'
import { append } from '../../processor/support.ts'
import { openApi } from '../api/support.ts'
import { fakeOperations } from '../fake-operations.ts'

const SECRET = '13 is the secret amount'
const NOW = Date.UTC(2026, 0, 1)

/** Everything in which the dashboard shows the failure of a handler, as JSON. */
async function shownWith(payloads: PayloadMode): Promise<readonly string[]> {
  const api = openApi({ payloads })
  await append(api.storage, 's:1', [13, 1])
  const failing = noting('noting', {
    fails(amount) {
      if (amount === 13) throw new Error(SECRET)
      return false
    },
  })
  await foldAll(api.storage, failing)
  const error = { code: 'HandlerFailed', message: SECRET, at: new Date(NOW).toISOString() }
  const stalled = range(NOW, { state: 'stalled', error })
  const versions = [version(NOW, { projection: 'noting', version: 1, parked: 1, ranges: [stalled] })]
  const healthy = fakeOperations().snapshot() as Snapshot
  const operations = fakeOperations({ snapshot: () => ({ ...healthy, versions }) })
  const topics = topicSources({ operations, storage: api.storage, loaded: () => [], payloads, clock: manualClock(NOW) })
  const shown = await Promise.all([
    topics.ranges.rows(),
    topics.projections.rows(),
    topics.parked.rows(),
    topics.overview.rows(),
    api.get('parked?projection=noting&version=1'),
    api.get('parked/noting/1/s%3A1'),
  ])
  return shown.map((one) => JSON.stringify(one))
}

describe('the message of an error of a handler, which may quote values', () => {
  it('is shown where payloads are', async () => {
    const [ranges, projections, parked, overview, list, one] = await shownWith('full')
    for (const shown of [ranges, projections, parked, list, one]) expect(shown).toContain(SECRET)
    expect(overview).not.toContain(SECRET)
  })

  it.each(['keys', 'none'] as const)(
    'is not shown with payloads: %s, but the code of the error is',
    async (payloads) => {
      for (const shown of await shownWith(payloads)) {
        expect(shown).not.toContain('secret')
        expect(shown).toContain('HandlerFailed')
      }
    },
  )
})
