import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { InvalidDefinition, InvalidViewKey, NotJson } from '../../../src/core/errors/input.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import type { FoldedEvent, ViewKeys } from '../../../src/projections/projection.ts'

const events = defineEvents({ A: z.object({ list: z.array(z.number()) }), B: z.object({}) })
const metadata = { eventId: 'e', recordedAt: '2026-01-01T00:00:00.000Z' }
const a: FoldedEvent = { type: 'A', data: { list: [1] }, streamId: 's:1', version: 1, metadata }

const withKey = (key: () => ViewKeys) =>
  defineProjection('p', { events, key, initial: () => ({}), on: { A: (view) => view } })

describe('a projection', () => {
  it.each(['', 'Upper', 'a:b', 'a_b', '-a', 'a-', 'a--b', '$versions', 'x'.repeat(101)])('is not called %j', (name) => {
    expect(() => defineProjection(name, { events, key: () => null, initial: () => ({}), on: {} })).toThrow(
      InvalidDefinition,
    )
  })

  it.each(['a', 'meter-overview', '2', 'x'.repeat(100)])('may be called %j', (name) => {
    expect(defineProjection(name, { events, key: () => null, initial: () => ({}), on: {} })).toMatchObject({
      name,
      version: 1,
    })
  })

  it.each([0, -1, 1.5, Number.NaN])('has no version %d', (version) => {
    expect(() => defineProjection('p', { version, events, key: () => null, initial: () => ({}), on: {} })).toThrow(
      InvalidDefinition,
    )
  })

  it('names the fields that it wants indexes for, each once', () => {
    const initial = () => ({ city: '', address: { 'zip-code': '' } })
    const definition = { events, key: () => null, initial, on: {} }
    // As from JavaScript, where nothing keeps a name from being misspelled.
    const withIndexes = (indexes: readonly string[]) =>
      defineProjection('p', { ...definition, indexes: indexes as readonly 'city'[] })
    expect(defineProjection('p', definition).indexes).toEqual([])
    expect(withIndexes(['city', 'address.zip-code', 'city']).indexes).toEqual(['city', 'address.zip-code'])
    expect(withIndexes(['city']).fingerprint).toBe(withIndexes([]).fingerprint)
    for (const path of ['', '$where', 'a..b', '0', 7 as unknown as string]) {
      expect(() => withIndexes(['city', path]), String(path)).toThrow(InvalidDefinition)
    }
  })

  it('refuses a handler for an event that is not among its events', () => {
    const on = { C: () => ({}) } as object
    expect(() => defineProjection('p', { events, key: () => null, initial: () => ({}), on })).toThrow(/C/)
  })

  it('knows the event types that have a handler', () => {
    expect(Object.keys(withKey(() => 'k').events.definitions)).toEqual(['A'])
  })

  it('gives each key once, however they are given', () => {
    expect(withKey(() => 'k').keysOf(a)).toEqual(['k'])
    expect(withKey(() => ['k', 'l', 'k']).keysOf(a)).toEqual(['k', 'l'])
    expect(withKey(() => []).keysOf(a)).toEqual([])
    expect(withKey(() => null).keysOf(a)).toEqual([])
    expect(withKey(() => undefined).keysOf(a)).toEqual([])
  })

  it.each(['', 'a/b', 'x'.repeat(201), 7])('refuses the key %j', (key) => {
    expect(() => withKey(() => key as string).keysOf(a)).toThrow(InvalidViewKey)
    expect(() => withKey(() => ['fine', key as string]).keysOf(a)).toThrow(InvalidViewKey)
  })

  it('begins with initial, and again after null', () => {
    const projection = defineProjection('p', {
      events,
      key: () => 'k',
      initial: (key: string) => ({ key, count: 0 }),
      on: { A: (view) => ({ ...view, count: view.count + 1 }), B: () => null },
    })
    const once = projection.fold('k', null, a)
    expect(once).toEqual({ key: 'k', count: 1 })
    expect(projection.fold('k', once, a)).toEqual({ key: 'k', count: 2 })
    expect(projection.fold('k', once, { ...a, type: 'B', data: {} })).toBeNull()
    expect(projection.fold('k', null, a)).toEqual({ key: 'k', count: 1 })
  })

  it('folds the end of a stream with its own handler', () => {
    const projection = defineProjection('p', {
      events,
      key: () => null,
      initial: () => ({ ended: '' }),
      on: {},
      deleted: { key: (streamId) => [streamId, 'all'], fold: (_view, { streamId }) => ({ ended: streamId }) },
    })
    const end: FoldedEvent = { type: '$tombstone', streamId: 's:1', version: 2, metadata }
    expect(projection.keysOf(end)).toEqual(['s:1', 'all'])
    expect(projection.fold('all', null, end)).toEqual({ ended: 's:1' })
  })

  it.each([undefined, 1, 'text', []])('refuses %j as a view', (answer) => {
    const on = { A: () => answer as never }
    const projection = defineProjection('p', { events, key: () => 'k', initial: () => ({}), on })
    expect(() => projection.fold('k', null, a)).toThrow(NotJson)
  })

  it('gives every view its own initial, frozen like all views', () => {
    const shared = { list: [] as number[] }
    const mutate = (view: typeof shared) => {
      view.list.push(1)
      return view
    }
    const projection = defineProjection('p', { events, key: () => 'k', initial: () => shared, on: { A: mutate } })
    expect(() => projection.fold('k', null, a)).toThrow(TypeError)
    expect(() => projection.fold('k', { list: [] }, a)).toThrow(TypeError)
    expect(shared).toEqual({ list: [] })
    expect(Object.isFrozen(shared)).toBe(false)
  })
})
