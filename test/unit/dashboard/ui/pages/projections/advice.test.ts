import { describe, expect, it } from 'vitest'
import { adviceOn } from '../../../../../../src/dashboard/ui/pages/projections/advice.ts'

const row = {
  projection: 'meter overview',
  version: 3,
  kind: 'projection' as const,
  states: { idle: 7 } as { readonly [state: string]: number },
  paused: null as string | null,
  parked: 0 as number | null,
  moreParked: false,
}
const stalledBy = (code: string) => [
  { range: '0-20', state: 'idle', error: { code: 'WrongExpectedVersion', message: 'over' } },
  { range: '20-40', state: 'stalled', error: { code, message: 'the message' } },
]

describe('the advice on a projection version', () => {
  it('is missing when nothing needs a person', () => {
    expect(adviceOn(row, [])).toBeUndefined()
  })

  it('says on how many ranges it is stalled, why, and that a newer release is needed', () => {
    const advice = adviceOn({ ...row, states: { idle: 7, stalled: 1 } }, stalledBy('EventSchemaTooNew'))
    expect(advice?.what).toBe('Stalled on 1 of 8 ranges.')
    expect(advice?.why).toContain('newer release')
    expect(advice?.steps[0]).toContain('Deploy the release that wrote the event')
  })

  it('explains the error of a stalled range, and not one that is over', () => {
    const advice = adviceOn({ ...row, states: { idle: 1, stalled: 1 } }, stalledBy('SomethingOfTheUser'))
    expect(advice?.why).toContain('SomethingOfTheUser')
  })

  it('tells to check the database when a range is stalled without an error', () => {
    const advice = adviceOn({ ...row, states: { stalled: 1 } }, [{ range: '0-FF', state: 'stalled', error: null }])
    expect(advice?.what).toBe('Stalled on 1 of 1 range.')
    expect(advice?.link?.href).toBe('#/storage')
  })

  it('names the command that skips an event which can never be processed', () => {
    const advice = adviceOn({ ...row, states: { stalled: 1 } }, stalledBy('HandlerFailed'))
    expect(advice?.steps.at(-1)).toContain('tidemark parked drop meter overview --version 3 --event <stream>@<version>')
  })

  it('names the version that a worker must have when ranges have no owner', () => {
    const advice = adviceOn({ ...row, states: { unowned: 2, idle: 6 } }, [])
    expect(advice?.what).toBe('Without an owner on 2 of 8 ranges.')
    expect(advice?.steps.join(' ')).toContain('meter overview v3')
  })

  it('links to the parked sequences of this version, and says when there are more than were counted', () => {
    const advice = adviceOn({ ...row, parked: 1000, moreParked: true }, [])
    expect(advice?.what).toBe('At least 1000 sequences are parked.')
    expect(advice?.link?.href).toBe('#/parked?projection=meter%20overview&version=3')
  })

  it('puts a stalled range before parked sequences and a pause', () => {
    const troubled = { ...row, states: { stalled: 1 }, parked: 3, paused: '2026-11-30T08:00:00.000Z' }
    expect(adviceOn(troubled, [])?.what).toContain('Stalled')
    expect(adviceOn({ ...troubled, states: {}, parked: 0 }, [])?.what).toBe('Paused since 2026-11-30 08:00 UTC.')
  })
})
