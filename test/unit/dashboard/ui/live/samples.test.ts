import { expect, test } from 'vitest'
import { NO_SAMPLES, valuesOf, withNames, withSample } from '../../../../../src/dashboard/ui/live/samples.ts'

const named = withNames(NO_SAMPLES, ['appended', 'oldest'])

test('samples are kept by the names of their series, and a missing value is unknown', () => {
  const samples = withSample(withSample(named, 1000, [5, null]), 2000, [6])
  expect(samples.times).toEqual([1000, 2000])
  expect(valuesOf(samples, 'appended')).toEqual([5, 6])
  expect(valuesOf(samples, 'oldest')).toEqual([null, null])
  expect(valuesOf(samples, 'other')).toEqual([])
})

test('a sample that comes twice is kept once', () => {
  const once = withSample(named, 1000, [5, 1])
  expect(withSample(once, 1000, [5, 1])).toBe(once)
})

test('only the last ten minutes are kept', () => {
  let samples = named
  for (let t = 1; t <= 605; t++) samples = withSample(samples, t * 1000, [t, t])
  expect([samples.times.length, samples.times[0], valuesOf(samples, 'oldest').at(-1)]).toEqual([600, 6000, 605])
})

test('samples go on after a new connection that sends the same series, and begin anew with others', () => {
  const samples = withSample(named, 1000, [5, 1])
  expect(withNames(samples, ['appended', 'oldest'])).toBe(samples)
  expect(withNames(samples, ['oldest'])).toEqual({ names: ['oldest'], times: [], values: [[]] })
})
