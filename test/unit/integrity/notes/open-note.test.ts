import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatVerifierKey, parseVerifierKey } from '../../../../src/integrity/keys/verifier-key.ts'
import { checkSignatures, openNote } from '../../../../src/integrity/notes/open-note.ts'
import { formatNote, parseNote } from '../../../../src/integrity/notes/signed-note.ts'
import { GO, MESSAGE } from '../../../support/integrity/published-notes.ts'

const key = parseVerifierKey(MESSAGE.verifierKey)
const go = parseVerifierKey(GO.verifierKey)

test.each([MESSAGE, GO])('a published note is opened with its published key', ({ note, verifierKey, text }) => {
  const opened = openNote(note, [parseVerifierKey(verifierKey)])
  expect(opened.text).toBe(text)
  expect(opened.verified).toMatchObject([{ key: { text: verifierKey } }])
  expect(opened.verified[0]).not.toHaveProperty('time')
})

test('signatures of unknown keys are ignored, even with the name or the id of a known one', () => {
  const { text, signatures } = parseNote(MESSAGE.note)
  const [{ signature, name, id } = { signature: Buffer.of(0), name: '', id: '' }] = signatures
  const others = [
    { name, id: '00000000', signature },
    { name: 'other', id, signature },
    { name: 'other', id: '00000000', signature: Buffer.of(1) },
  ]
  expect(openNote(formatNote({ text, signatures: [...others, ...signatures] }), [key, go]).verified).toHaveLength(1)
  expect(() => openNote(formatNote({ text, signatures: others }), [key, go])).toThrow('No trusted key signed the note')
})

test('a wrong signature of a known key spoils a note, whoever else signed it', () => {
  const { text, signatures } = parseNote(MESSAGE.note)
  const forged = { name: go.name, id: go.id, signature: Buffer.alloc(64) }
  const note = formatNote({ text, signatures: [...signatures, forged] })
  expect(() => openNote(note, [key, go])).toThrow(expect.objectContaining({ code: 'InvalidNote' }))
  expect(checkSignatures(parseNote(note), [key, go])).toMatchObject({ verified: [{ key }], wrong: [go] })
  expect(openNote(note, [key]).verified).toHaveLength(1)
})

test('a key that signed twice is verified once', () => {
  const { text, signatures } = parseNote(MESSAGE.note)
  expect(openNote(formatNote({ text, signatures: [...signatures, ...signatures] }), [key]).verified).toHaveLength(1)
})

test('a note is not opened without keys, or with another key of that name', () => {
  const { publicKey } = generateKeyPairSync('ed25519')
  const bytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const other = parseVerifierKey(formatVerifierKey(key.name, 1, bytes))
  for (const keys of [[], [other]]) {
    expect(() => openNote(MESSAGE.note, keys)).toThrow('No trusted key signed the note')
  }
})

test('a note with any bit changed is not opened', () => {
  const bytes = Buffer.from(MESSAGE.note)
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => openNote(changed, [key])).toThrow(expect.objectContaining({ code: 'InvalidNote' }))
    }),
    { numRuns: 1000 },
  )
})
