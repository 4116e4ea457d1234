import { expect, test } from 'vitest'
import { findsFor } from '../../../../../../src/dashboard/ui/shell/commands/finds.ts'

const known = ['Overview', 'meter-overview v3', 'Streams'].map((text) => ({ text, kind: 'Page', href: `#/${text}` }))

test('what begins with the text stands before what contains it, and the stream of that id is last', () => {
  expect(findsFor(' overview', known).map(({ text }) => text)).toEqual(['Overview', 'meter-overview v3', 'overview'])
})

test('without a text, everything is offered up to the limit', () => {
  expect(findsFor('', known, 2).map(({ text }) => text)).toEqual(['Overview', 'meter-overview v3'])
})

test('an id that contains slashes and markup leads to its stream', () => {
  expect(findsFor('a/<b>', known)).toEqual([
    { text: 'a/<b>', kind: 'Stream of this id', href: '#/streams/a%2F%3Cb%3E' },
  ])
})
