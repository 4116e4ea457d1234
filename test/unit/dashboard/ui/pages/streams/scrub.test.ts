import { expect, it } from 'vitest'
import { chosenFold, chosenVersion, foldName, timeOf } from '../../../../../../src/dashboard/ui/pages/streams/scrub.ts'

const meter = { kind: 'aggregate', name: 'meter', version: null } as const
const overview = { kind: 'projection', name: 'meter', version: 3 } as const

it('an address names an aggregate and a projection of the same name apart', () => {
  expect(foldName(meter)).toBe('aggregate:meter')
  expect(chosenFold([meter, overview], 'projection:meter:3')).toBe(overview)
})

it('the first fold is shown when the address names none, or one that is not loaded', () => {
  expect(chosenFold([meter, overview], undefined)).toBe(meter)
  expect(chosenFold([meter, overview], 'aggregate:gone')).toBe(meter)
  expect(chosenFold([], undefined)).toBeUndefined()
})

it('a version of the address stays within the stream', () => {
  expect(chosenVersion('7', 20)).toBe(7)
  expect(chosenVersion('0', 20)).toBe(1)
  expect(chosenVersion('99', 20)).toBe(20)
  expect(chosenVersion('seven', 20)).toBe(20)
  expect(chosenVersion(undefined, 20)).toBe(20)
})

it('a local time becomes UTC, and no time stays none', () => {
  expect(timeOf('2026-11-30T14:02:11')).toBe(new Date(2026, 10, 30, 14, 2, 11).toISOString())
  expect(timeOf('')).toBeUndefined()
})
