import { expect, test } from 'vitest'
import type { SealedPart } from '../../../../src/core/events/codec.ts'
import type { JsonObject } from '../../../../src/core/json/json.ts'
import { FORGOTTEN } from '../../../../src/core/port/event-document.ts'
import type { FoldedView, FoldInput } from '../../../../src/projections/fold-item.ts'
import { foldForgetting } from '../../../../src/projections/forgetting/fold-forgetting.ts'
import type { FoldedEvent } from '../../../../src/projections/projection.ts'

const at = (minute: number) => `2026-01-01T00:0${minute}:00.000Z`
const meta = (minute: number) => ({
  streamId: 's',
  version: 1,
  metadata: { eventId: `e${minute}`, recordedAt: at(minute) },
})

/** An event that sets members of the view, of which some were sealed. */
const setting = (minute: number, data: JsonObject, part?: Partial<SealedPart>): FoldInput => {
  const event: FoldedEvent = { type: 'Set', data, ...meta(minute) }
  if (part === undefined) return { event }
  const { key = 'k.1', person = 'm', isForgotten = false } = part
  return {
    event,
    people: () => [{ key, person, isForgotten }],
    ...(!isForgotten && { keys: [key], without: () => ({ ...event, data: { name: '(forgotten)' } }) }),
  }
}
const marker = (minute: number, through = 'k.1'): FoldInput => ({
  event: { type: FORGOTTEN, person: 'm', through, ...meta(minute) },
})

type Sweep = (view: JsonObject) => JsonObject | null
const foldAll = (inputs: readonly FoldInput[], sweep: Sweep): FoldedView => {
  const fold = (data: JsonObject | null, event: FoldedEvent): JsonObject | null => {
    if (event.type === FORGOTTEN) return sweep(data ?? {})
    return { ...data, ...('data' in event ? event.data : {}) }
  }
  return inputs.reduce<FoldedView>((view, input) => foldForgetting(view, input, fold), { data: null })
}
const gone: Sweep = () => null
const cleared: Sweep = ({ name: _, email: __, ...view }) => view

test('a marker sweeps what came before it, and nothing that comes after', () => {
  const events = [setting(1, { name: 'Ada' }, {}), marker(2), setting(3, { plan: 'gold' })]
  expect(foldAll(events, gone)).toMatchObject({ data: { plan: 'gold' }, forgetting: { keys: [], newest: at(3) } })
})

test('an event that was recorded before a marker is swept, too, where it comes later', () => {
  expect(foldAll([marker(2), setting(1, { plan: 'basic' })], gone).data).toBeNull()
  expect(foldAll([marker(2), setting(3, { plan: 'gold' })], gone).data).toEqual({ plan: 'gold' })
})

test('an event of which only stand-ins are left is swept before the marker comes', () => {
  const redacted = setting(1, { name: '(forgotten)' }, { isForgotten: true })
  expect(foldAll([redacted], gone).data).toBeNull()
  expect(foldAll([redacted, setting(3, { plan: 'gold' }), marker(2)], gone).data).toEqual({ plan: 'gold' })
})

test('a marker that comes late sweeps what a forgotten key opened, whatever was recorded since', () => {
  const events = [setting(1, { name: 'Ada' }, {}), setting(3, { plan: 'gold' }), marker(2)]
  expect(foldAll(events, gone).data).toBeNull()
  expect(foldAll(events, cleared).data).toEqual({ plan: 'gold' })
})

test('what a person left is swept when they return, and what is new stays when the marker comes late', () => {
  const old = setting(1, { name: 'Ada', email: 'ada@example.org' }, {})
  const back = setting(3, { name: 'Ada again' }, { key: 'k.2' })
  for (const sweep of [gone, cleared]) {
    expect(foldAll([old, marker(2), back], sweep).data).toEqual({ name: 'Ada again' })
    expect(foldAll([old, back, marker(2)], sweep)).toEqual({
      data: { name: 'Ada again' },
      forgetting: { keys: ['k.2'], people: [{ through: 'k.1', person: 'm', at: at(2) }], newest: at(3) },
    })
  }
})

test('old events that come after the return bring stand-ins, and do not sweep what is new', () => {
  const back = setting(3, { email: 'new@example.org' }, { key: 'k.2' })
  const old = setting(1, { name: 'Ada' }, {})
  expect(foldAll([back, marker(2), old], gone).data).toEqual({ email: 'new@example.org', name: '(forgotten)' })
})

test('a later marker of the same person replaces the earlier one', () => {
  const { forgetting } = foldAll([marker(1), marker(2, 'k.2'), marker(1)], gone)
  expect(forgetting?.people).toEqual([{ through: 'k.2', person: 'm', at: at(2) }])
})

test('an event that was opened before its person was forgotten, and comes after their return, brings stand-ins alone', () => {
  const opened = setting(1, { email: 'ada@example.org' }, {})
  const back = setting(3, { nickname: 'Ada again' }, { key: 'k.2' })
  for (const sweep of [gone, cleared]) {
    const late = foldAll([back, opened], sweep)
    expect(late).toMatchObject({ data: { nickname: 'Ada again' }, forgetting: { keys: ['k.2'] } })
    expect(JSON.stringify(late)).not.toContain('@')
    expect(foldAll([back, opened, marker(2)], sweep).data).toMatchObject({ nickname: 'Ada again' })
  }
})

test('what is new stays when the marker comes late, also if the clock was set back in between', () => {
  const back = setting(3, { nickname: 'Ada again' }, { key: 'k.2' })
  for (const sweep of [gone, cleared]) {
    expect(foldAll([back, marker(5)], sweep).data).toEqual({ nickname: 'Ada again' })
  }
  const swept: Sweep = () => ({ plan: 'gold' })
  expect(foldAll([back, marker(5)], swept).data).toEqual({ nickname: 'Ada again' })
})
