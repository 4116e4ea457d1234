import { expect, it } from 'vitest'
import { KeysUnavailable } from '../../../../../src/core/errors/privacy.ts'
import { privacy } from '../../../../../src/dashboard/live/topics/privacy.ts'
import type { ForgettingProgress } from '../../../../../src/privacy/forgetting/progress.ts'
import { manualClock } from '../../../../../src/testing/manual-clock.ts'

const none: ForgettingProgress = { people: 3, forgotten: 1, unfinished: 0, overdue: 0, overdueSince: null }

function watchedVault(next: ForgettingProgress | Error | undefined) {
  const clock = manualClock(0)
  const vault = { next, reads: 0 }
  const source = privacy(async () => {
    vault.reads++
    if (vault.next instanceof Error) throw vault.next
    return vault.next
  }, clock)
  return { clock, vault, rows: () => source.rows() }
}

it('counts who was forgotten and names no one', async () => {
  expect(await watchedVault(none).rows()).toEqual({
    vault: {
      ...{ state: 'ok', forgotten: 1, pending: 0, lateSince: null },
      detail: 'All forgetting is finished. The vault knows 3 people.',
    },
  })
})

it('is late a minute after somebody should have been forgotten everywhere', async () => {
  const overdueSince = new Date(0).toISOString()
  const { clock, rows } = watchedVault({ ...none, unfinished: 1, overdue: 1, overdueSince })
  clock.advance(60_000)
  expect(await rows()).toMatchObject({ vault: { state: 'ok', pending: 1, lateSince: null } })
  clock.advance(10_000)
  expect(await rows()).toMatchObject({ vault: { state: 'late', pending: 1, lateSince: overdueSince } })
})

it('knows no number of keys that cannot be read, and shows only messages of its own errors', async () => {
  const { clock, vault, rows } = watchedVault(new KeysUnavailable('The storage of the keys failed'))
  expect(await rows()).toMatchObject({
    vault: { state: 'unknown', forgotten: null, detail: expect.stringContaining('KeysUnavailable') },
  })
  clock.advance(10_000)
  vault.next = new Error('password')
  expect(await rows()).toMatchObject({ vault: { detail: expect.not.stringContaining('password') } })
})

it('reads the keys every ten seconds at most', async () => {
  const { clock, vault, rows } = watchedVault(none)
  for (let second = 0; second < 20; second++) {
    await rows()
    clock.advance(1000)
  }
  expect(vault.reads).toBe(2)
})

it('has no row without a vault', async () => {
  expect(await watchedVault(undefined).rows()).toEqual({})
})
