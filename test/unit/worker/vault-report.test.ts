import { describe, expect, it } from 'vitest'
import { KeysUnavailable } from '../../../src/core/errors/privacy.ts'
import type { VaultStatus } from '../../../src/privacy/index.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { createVaultReporter } from '../../../src/worker/vault-report.ts'

const epoch = { epoch: 1, master: 'local:x', since: new Date(0), keys: 2 }
const fine: VaultStatus = { people: 3, forgotten: 1, unfinished: 1, overdue: 0, epochs: [epoch] }
const counts = { people: 3, forgotten: 1, unfinished: 1, overdue: 0, epochs: 1 }

function reporter(first: VaultStatus = fine) {
  const clock = manualClock(0)
  const state: { next: VaultStatus | Error; calls: number } = { next: first, calls: 0 }
  const report = createVaultReporter(
    {
      async status() {
        state.calls++
        if (state.next instanceof Error) throw state.next
        return state.next
      },
    },
    clock,
  )
  return { clock, state, ...report }
}

describe('the report of a vault', () => {
  it('contains numbers and no id', async () => {
    const report = await reporter().read()
    expect(report).toEqual({ ...counts, lateSince: null, error: null })
  })

  it('asks the storage of the keys at most every ten seconds', async () => {
    const { clock, state, read } = reporter()
    for (let i = 0; i < 20; i++) {
      await read()
      clock.advance(1000)
    }
    expect(state.calls).toBe(2)
  })

  it('says since when forgetting has been overdue, until it is not', async () => {
    const { clock, state, read } = reporter({ ...fine, overdue: 1 })
    expect(await read()).toMatchObject({ lateSince: '1970-01-01T00:00:00.000Z' })
    clock.advance(10_000)
    expect(await read()).toMatchObject({ overdue: 1, lateSince: '1970-01-01T00:00:00.000Z' })
    state.next = fine
    clock.advance(10_000)
    expect(await read()).toMatchObject({ overdue: 0, lateSince: null })
  })

  it('responds while the keys cannot be read, and repeats no message', async () => {
    const { clock, state, read } = reporter()
    state.next = new KeysUnavailable('secret')
    const unknown = { people: null, forgotten: null, unfinished: null, overdue: null, epochs: null }
    const error = { code: 'KeysUnavailable', at: '1970-01-01T00:00:00.000Z' }
    expect(await read()).toEqual({ ...unknown, lateSince: error.at, error })
    state.next = fine
    clock.advance(10_000)
    expect(await read()).toEqual({ ...counts, lateSince: null, error })
  })

  it('keeps the last failure to finish forgetting a person, by its code', async () => {
    const { read, failed } = reporter()
    failed(new Error('the scan of Ada Lovelace'))
    expect(await read()).toMatchObject({ error: { code: 'unexpected', at: '1970-01-01T00:00:00.000Z' } })
  })
})
