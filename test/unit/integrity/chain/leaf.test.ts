import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import type { EventDocument } from '../../../../src/core/port/event-document.ts'
import { leafOf } from '../../../../src/integrity/chain/leaf.ts'

const TEXT =
  '{"eventData":{"who":"😀"},"eventType":"Happened","id":"a:1:1",' +
  '"metadata":{"eventId":"x","recordedAt":"2026-01-01T00:00:00.000Z"},"stream":{"id":"a:1","version":1}}'
const plain: EventDocument = JSON.parse(TEXT)
const salted: EventDocument = { ...plain, metadata: { ...plain.metadata, salt: 'its own' } }
const hexOf = (leaf: Uint8Array) => Buffer.from(leaf).toString('hex')
const expected = (text: string) =>
  createHash('sha256')
    .update(Buffer.from([0]))
    .update(text, 'utf8')
    .digest('hex')

it('the leaf of an event is SHA-256 of a zero byte and its canonical text', () => {
  const text = TEXT.replace('000Z"}', '000Z","salt":"its own"}')
  expect(hexOf(leafOf(salted))).toBe(expected(text))
})

it('the leaf of an event without a salt is made with that of its stream', () => {
  expect(hexOf(leafOf(plain, 'say "x"'))).toBe(expected(`{"document":${TEXT},"salt":"say \\"x\\""}`))
  expect(hexOf(leafOf(plain, 'a'))).not.toBe(hexOf(leafOf(plain, 'b')))
})

it("an event's own salt is used instead of its stream's", () => {
  expect(hexOf(leafOf(salted, 'a'))).toBe(hexOf(leafOf(salted)))
})

it('a salt that is taken out of an event, changed, or made an empty member changes its leaf', () => {
  const of = (salt: unknown) => hexOf(leafOf({ ...plain, metadata: { ...plain.metadata, salt } as never }, 'its own'))
  expect(new Set(['its own', 'another', null, undefined, ''].map(of)).size).toBe(5)
})

it('leaves are independent of each other', () => {
  const first = leafOf(salted)
  const before = hexOf(first)
  for (let i = 0; i < 1000; i++) leafOf({ ...salted, id: `a:1:${i}` })
  expect(hexOf(first)).toBe(before)
})
