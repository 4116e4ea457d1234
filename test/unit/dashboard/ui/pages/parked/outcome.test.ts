import { describe, expect, it } from 'vitest'
import { outcomeOf } from '../../../../../../src/dashboard/ui/pages/parked/outcome.ts'

const answer = { dryRun: false, folded: 3, dropped: 0, left: 0, error: null, before: null, after: null, diff: [] }
const error = { code: 'HandlerFailed', message: 'again' }

describe('the outcome of a replay in words', () => {
  it('says that a sequence continues when nothing is left', () => {
    expect(outcomeOf(answer)).toBe('3 events were processed. The sequence continues.')
  })

  it('only promises after a dry run', () => {
    expect(outcomeOf({ ...answer, dryRun: true })).toBe(
      '3 events would be processed. Nothing would be left: the sequence would continue.',
    )
  })

  it('says what stays parked, and that the next event failed again', () => {
    expect(outcomeOf({ ...answer, folded: 1, left: 2, error })).toBe(
      '1 event was processed. 2 events stay parked, because the next one failed again.',
    )
    expect(outcomeOf({ ...answer, dryRun: true, folded: 0, left: 1, error })).toBe(
      '0 events would be processed. 1 event would stay parked, because the next one would fail again.',
    )
  })

  it('counts dropped events apart from processed ones', () => {
    expect(outcomeOf({ ...answer, dropped: 1, folded: 2 })).toBe(
      '1 event was dropped, and 2 events were processed. The sequence continues.',
    )
    expect(outcomeOf({ ...answer, dropped: 4, folded: 0 })).toBe('4 events were dropped. The sequence continues.')
  })
})
