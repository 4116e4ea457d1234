import { expect, it } from 'vitest'
import { differenceCount, pathText } from '../../../../../../src/dashboard/ui/parts/values/diff.ts'

it('a diff is counted by words, so that it can be heard', () => {
  expect(
    differenceCount([
      { op: 'add', path: '/a', after: '1' },
      { op: 'add', path: '/b', after: '2' },
      { op: 'change', path: '/c', before: '1', after: '2' },
      { op: 'remove', path: '/d', before: '1' },
    ]),
  ).toBe('2 added, 1 removed, 1 changed')
})

it('a diff that is cut says how many differences are not listed', () => {
  expect(
    differenceCount([
      { op: 'change', path: '/c', before: '1', after: '2' },
      { op: 'more', path: '/d', count: 17 },
    ]),
  ).toBe('1 changed, 17 more not listed')
})

it('equal values have no difference', () => expect(differenceCount([])).toBeNull())

it('the path of a whole value is said in words, and hidden characters of other paths are shown', () => {
  expect(pathText('')).toBe('the whole value')
  expect(pathText('/a\u202eb/0')).toBe('/a\\u202eb/0')
})
