import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseVerifierKey } from '../../../../src/integrity/keys/verifier-key.ts'
import { sha256 } from '../../../../src/integrity/merkle/hash.ts'
import { formatHead, openHead, parseHead } from '../../../../src/integrity/notes/head-text.ts'
import { parseNote } from '../../../../src/integrity/notes/signed-note.ts'
import { HEAD, MESSAGE } from '../../../support/integrity/published-notes.ts'

const { text } = parseNote(HEAD)
const ROOT = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='

test('the head of the published example is parsed, and formatted as it was', () => {
  const head = parseHead(text)
  expect(head).toEqual({ origin: 'example.com/behind-the-sofa', size: 20_852_163, root: Buffer.from(ROOT, 'base64') })
  expect(formatHead(head)).toBe(text)
})

test('every head survives formatting and parsing', () => {
  const origin = fc.stringMatching(/^[a-z./é]+$/u)
  fc.assert(
    fc.property(origin, fc.maxSafeNat(), fc.string(), (name, size, seed) => {
      const head = { origin: name, size, root: sha256(seed) }
      expect(parseHead(formatHead(head))).toEqual(head)
    }),
  )
})

test('further lines of a head are ignored', () => {
  expect(parseHead(`${text}extension\n`)).toEqual(parseHead(text))
})

test.each([
  ['nothing', ''],
  ['no newline at its end', `a\n1\n${ROOT}`],
  ['no origin', `\n1\n${ROOT}\n`],
  ['no size', `a\n${ROOT}\n`],
  ['a size with a leading zero', `a\n01\n${ROOT}\n`],
  ['a negative size', `a\n-1\n${ROOT}\n`],
  ['a size with a sign', `a\n+1\n${ROOT}\n`],
  ['a hexadecimal size', `a\n0x1\n${ROOT}\n`],
  ['a fraction for a size', `a\n1.5\n${ROOT}\n`],
  ['a size beyond the exact numbers', `a\n9007199254740993\n${ROOT}\n`],
  ['a space after the size', `a\n1 \n${ROOT}\n`],
  ['a root of 31 bytes', `a\n1\n${Buffer.alloc(31).toString('base64')}\n`],
  ['a root without padding', `a\n1\n${ROOT.slice(0, -1)}\n`],
  ['an empty line', `a\n1\n${ROOT}\n\nb\n`],
])('a head with %s is refused', (_, bad) => {
  expect(() => parseHead(bad)).toThrow(expect.objectContaining({ code: 'InvalidNote' }))
})

test('a head of another chain is refused by name, before its signatures are looked at', () => {
  expect(() => openHead(HEAD, 'acme/meters', [])).toThrow(
    expect.objectContaining({ code: 'ForeignOrigin', expected: 'acme/meters', found: 'example.com/behind-the-sofa' }),
  )
})

test('a head that no trusted key signed, and a note without a head, are refused', () => {
  const keys = [parseVerifierKey(MESSAGE.verifierKey)]
  expect(() => openHead(HEAD, 'example.com/behind-the-sofa', keys)).toThrow('No trusted key signed the note')
  expect(() => openHead(MESSAGE.note, 'a', keys)).toThrow('Not a head')
})
