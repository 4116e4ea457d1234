import { effect } from '@preact/signals'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRows, type RowsPatch } from '../../../../../src/dashboard/ui/live/rows.ts'

type Data = { readonly [key: string]: number }

test('a patch that follows what is here changes, adds and removes rows', () => {
  const rows = createRows<number>()
  rows.replace(1, { a: 1, b: 2 })
  expect(rows.patch({ rev: 2, from: 1, set: { a: 10, b: null, c: 3 } })).toBe(true)
  expect(rows.snapshot()).toEqual({ rev: 2, data: { a: 10, c: 3 } })
  expect(rows.row('b').value).toBeUndefined()
})

test('nothing is known before the first snapshot, nor after everything was forgotten', () => {
  const rows = createRows<number>()
  expect(rows.known.value).toBe(false)
  rows.replace(0, {})
  expect(rows.known.value).toBe(true)
  rows.forget()
  expect([rows.known.value, rows.snapshot()]).toEqual([false, undefined])
})

test('a patch after a lost one is not applied, but kept until the snapshot is there', () => {
  const rows = createRows<number>()
  rows.replace(1, { a: 1 })
  expect(rows.patch({ rev: 3, from: 2, set: { a: 3 } })).toBe(false)
  expect(rows.row('a').value).toBe(1)
  rows.replace(2, { a: 2 })
  expect(rows.snapshot()).toEqual({ rev: 3, data: { a: 3 } })
})

test('a snapshot that is older than what is here changes nothing', () => {
  const rows = createRows<number>()
  rows.replace(5, { a: 5 })
  rows.replace(4, { a: 4 })
  expect(rows.snapshot()).toEqual({ rev: 5, data: { a: 5 } })
})

test('the list of keys stays the same object while only rows change', () => {
  const rows = createRows<number>()
  rows.replace(1, { a: 1, b: 2 })
  const keys = rows.keys.value
  rows.patch({ rev: 2, from: 1, set: { a: 9 } })
  expect(rows.keys.value).toBe(keys)
})

test('a row that went and came back is shown to those who watch it', () => {
  const rows = createRows<number>()
  const seen: (number | undefined)[] = []
  const stop = effect(() => {
    seen.push(rows.row('a').value)
  })
  rows.replace(1, { a: 1 })
  rows.patch({ rev: 2, from: 1, set: { a: null } })
  rows.patch({ rev: 3, from: 2, set: { a: 3 } })
  stop()
  expect(seen).toEqual([undefined, 1, undefined, 3])
})

test('a large patch is known at once, but shown in parts, so that no frame draws all of it', () => {
  const rows = createRows<number>()
  const all = (value: number) => Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, value]))
  rows.replace(1, all(1))
  rows.patch({ rev: 2, from: 1, set: all(2) })
  const shown = () => rows.all.value.filter((value) => value === 2).length
  expect([shown(), rows.showMore(), shown(), rows.showMore(), shown(), rows.showMore()]).toEqual([
    25,
    true,
    50,
    false,
    60,
    false,
  ])
  expect(rows.snapshot()).toEqual({ rev: 2, data: all(2) })
})

test('whatever is lost, comes twice or late, rows are those of the server after the snapshot that was asked for', () => {
  const change = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.option(fc.nat(9), { nil: null }))
  const fate = fc.constantFrom('once', 'twice', 'lost', 'late')
  fc.assert(
    fc.property(fc.array(fc.tuple(change, fate), { maxLength: 30 }), fc.array(fc.nat(30)), (steps, snapshotsAt) => {
      const server: Data[] = [{}]
      const patches = steps.map(([set], i): RowsPatch<number> => {
        server.push(afterwards(server[i] ?? {}, set))
        return { rev: i + 1, from: i, set }
      })
      const rows = createRows<number>()
      rows.replace(0, {})
      const late: RowsPatch<number>[] = []
      patches.forEach((patch, i) => {
        const kind = steps[i]?.[1]
        if (kind === 'late') late.push(patch)
        if (kind === 'once' || kind === 'twice') rows.patch(patch)
        if (kind === 'twice') rows.patch(patch)
        // A snapshot is taken at any time, and may be overtaken by patches.
        const at = snapshotsAt[i % Math.max(1, snapshotsAt.length)] ?? 0
        if (at <= i) rows.replace(at, server[at] ?? {})
        const here = rows.snapshot()
        expect(here?.data).toEqual(server[here?.rev ?? 0])
      })
      for (const patch of late) rows.patch(patch)
      rows.replace(steps.length, server[steps.length] ?? {})
      expect(rows.snapshot()).toEqual({ rev: steps.length, data: server[steps.length] })
    }),
  )
})

function afterwards(data: Data, set: { readonly [key: string]: number | null }): Data {
  const rows = new Map(Object.entries(data))
  for (const [key, value] of Object.entries(set)) {
    if (value === null) rows.delete(key)
    else rows.set(key, value)
  }
  return Object.fromEntries(rows)
}
