import { describe, expect, it } from 'vitest'
import type { Row } from '../../../bench/support/measure.ts'
import { parseArguments, usage } from '../../../bench/support/runner/arguments.ts'
import { toFigures, toTable } from '../../../bench/support/runner/report.ts'

const rows: readonly Row[] = [
  {
    id: 'good',
    label: 'A ratio',
    value: 0.81,
    unit: 'x',
    aim: { atLeast: 0.75 },
    spread: { low: 0.7, high: 0.9 },
    peer: 'by hand, FULL',
  },
  { id: 'bad', label: 'A share', value: 35, unit: '%', aim: { below: 35 }, spread: null, note: 'the machine was busy' },
  { id: 'told', label: 'A rate', value: 81234.5, unit: '/s', aim: null, spread: null },
]

describe('toFigures', () => {
  it('writes what machines read, and calls what has no aim ok', () => {
    expect(toFigures(rows)).toEqual({
      figures: [
        { id: 'good', value: 0.81, unit: 'x', aim: 0.75, ok: true, peer: 'by hand, FULL' },
        { id: 'bad', value: 35, unit: '%', aim: 35, ok: false, peer: null },
        { id: 'told', value: 81234.5, unit: '/s', aim: null, ok: true, peer: null },
      ],
    })
  })
})

describe('toTable', () => {
  it('prints value, aim, verdict, spread, peer and notes', () => {
    const lines = toTable(rows).split('\n')
    expect(lines[2]).toMatch(/^A ratio +0\.81x +>= 0\.75x +ok +0\.7 to 0\.9 +by hand, FULL$/)
    expect(lines[3]).toMatch(/^A share \[1\] +35 % +< 35 % +MISS$/)
    expect(lines[4]).toMatch(/^A rate +81,235 \/s$/)
    expect(lines[5]).toBe('[1] the machine was busy')
  })
})

describe('notes', () => {
  it('that say the same share a number', () => {
    const row = { label: 'A', value: 1, unit: 'x', aim: null, spread: null } as const
    const lines = toTable([
      { ...row, id: '1', note: 'near' },
      { ...row, id: '2', note: 'far' },
      { ...row, id: '3', note: 'near' },
    ]).split('\n')
    expect(lines.slice(2).map((line) => line.trim().split(/ {2,}/)[0])).toEqual([
      'A [1]',
      'A [2]',
      'A [1]',
      '[1] near',
      '[2] far',
    ])
  })
})

describe('parseArguments', () => {
  const known = ['feed', 'idle']

  it('takes --quick, --json and --only', () => {
    const args = parseArguments(['--quick', '--json', 'out.json', '--only', 'idle, feed'], known)
    expect(args).toMatchObject({ quick: true, help: false, json: 'out.json', chosen: ['feed', 'idle'] })
    expect(parseArguments([], known)).toMatchObject({ quick: false, help: false, json: undefined, chosen: known })
  })

  it('takes the beginning of names for all that have it, and no part of a word', () => {
    const only = (names: string) => parseArguments(['--only', names], ['feed', 'cosmos-feed', 'cosmos-load']).chosen
    expect(only('cosmos')).toEqual(['cosmos-feed', 'cosmos-load'])
    expect(only('feed')).toEqual(['feed'])
    expect(() => only('cos')).toThrow('No measure is called cos')
  })

  it('runs what takes a server on request alone, by --with or by name', () => {
    const all = ['feed', 'cosmos-feed', 'mongo-feed']
    const chosen = (...args: string[]) => parseArguments(args, all).chosen
    expect(chosen('--quick')).toEqual(['feed'])
    expect(chosen('--with', 'mongo')).toEqual(['feed', 'mongo-feed'])
    expect(chosen('--with', 'mongo,cosmos')).toEqual(all)
    expect(chosen('--only', 'cosmos')).toEqual(['cosmos-feed'])
    expect(() => chosen('--with', 'oracle')).toThrow('--with takes mongo, cosmos, emmett, not oracle')
  })

  it('refuses what it does not know', () => {
    expect(() => parseArguments(['--only', 'fed'], known)).toThrow('No measure is called fed')
    expect(() => parseArguments(['--fast'], known)).toThrow()
  })

  it('has a help that names every measure', () => {
    expect(usage([{ id: 'feed', title: 'the feed' }])).toMatch(/^ {2}feed +the feed$/m)
  })
})
