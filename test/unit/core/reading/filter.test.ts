import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidQuery } from '../../../../src/core/errors/input.ts'
import { parsePath } from '../../../../src/core/reading/field-path.ts'
import { parseFilter } from '../../../../src/core/reading/filter.ts'

describe('parsePath', () => {
  it('lets through nothing but names joined by dots', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'Z', '_', '-', '0', '.', "'", '"', '$', ' ', 'é', '[', '(', ';') }),
        (path) => {
          const wellFormed = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*){0,7}$/.test(path)
          if (wellFormed) expect(parsePath(path).join('.')).toBe(path)
          else expect(() => parsePath(path)).toThrow(InvalidQuery)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('goes 8 names deep', () => {
    expect(parsePath('a.b.c.d.e.f.g.h')).toHaveLength(8)
    expect(() => parsePath('a.b.c.d.e.f.g.h.i')).toThrow(InvalidQuery)
  })

  it('does not stop at the end of a line', () => {
    expect(() => parsePath('a\n')).toThrow(InvalidQuery)
    expect(() => parsePath('a\n; DROP')).toThrow(InvalidQuery)
  })
})

describe('parseFilter', () => {
  it('takes a filter apart', () => {
    expect(parseFilter({ 'a.b': 'x', n: { gte: 1, lt: 5 }, none: null, yes: true })).toEqual([
      { path: ['a', 'b'], operator: 'eq', value: 'x' },
      { path: ['n'], operator: 'gte', value: 1 },
      { path: ['n'], operator: 'lt', value: 5 },
      { path: ['none'], operator: 'eq', value: null },
      { path: ['yes'], operator: 'eq', value: true },
    ])
    expect(parseFilter({ n: { in: [1, 1, -0, 0], ne: null }, or: [{ a: 1 }, { or: [] }] })).toEqual([
      { path: ['n'], operator: 'in', values: [1, 0] },
      { path: ['n'], operator: 'ne', value: null },
      {
        operator: 'or',
        alternatives: [[{ path: ['a'], operator: 'eq', value: 1 }], [{ operator: 'or', alternatives: [] }]],
      },
    ])
    expect(parseFilter(undefined)).toEqual([])
    expect(parseFilter({})).toEqual([])
  })

  it('refuses what has no members, so that it cannot hold for everything', () => {
    for (const filter of [[], new Date(0), new Map([['a', 1]]), 'a', 1, true, () => ({})] as never[]) {
      expect(() => parseFilter(filter)).toThrow(InvalidQuery)
      expect(() => parseFilter({ or: [filter] })).toThrow(InvalidQuery)
    }
    expect(parseFilter(Object.assign(Object.create(null), { a: 1 }))).toHaveLength(1)
  })

  it.each([
    { a: { eq: 1 } },
    { a: { $gt: 1 } },
    { a: {} },
    { a: { gt: undefined } },
    { a: { gt: null } },
    { a: { gt: true } },
    { a: { gt: Number.NaN } },
    { a: Number.POSITIVE_INFINITY },
    { a: [1] },
    { a: undefined },
    { a: () => 1 },
    { a: 1n },
    { 'a b': 1 },
    { a: '\ud800' },
    { a: { in: 'x' } },
    { a: { in: { length: 1, 0: 'x' } } },
    { a: { in: Array(2) } },
    { a: { in: [1n] } },
    { a: { in: Array(1e9) } },
    { a: { ne: [] } },
    { or: Array(1e9) },
    { or: [1] },
    { or: Array(2) },
  ])('refuses case %#', (filter) => {
    expect(() => parseFilter(filter as never)).toThrow(InvalidQuery)
  })

  it('takes no filter that refers to itself', () => {
    const filter: { or: unknown[] } = { or: [] }
    filter.or.push(filter)
    expect(() => parseFilter(filter as never)).toThrow(InvalidQuery)
  })
})
