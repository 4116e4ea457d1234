import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatNote, parseNote, parseSignatures } from '../../../../src/integrity/notes/signed-note.ts'
import { HEAD, MESSAGE, POEM } from '../../../support/integrity/published-notes.ts'

test.each([MESSAGE.note, POEM, HEAD])('a published note is parsed, and formatted as it was', (note) => {
  expect(formatNote(parseNote(note))).toBe(note)
  expect(formatNote(parseNote(Buffer.from(note)))).toBe(note)
})

test('the text of a note ends at its last empty line', () => {
  expect(parseNote(POEM).text).toBe(POEM.slice(0, POEM.lastIndexOf('\n\n') + 1))
})

test('a note with several signatures has their names and key ids', () => {
  expect(parseNote(HEAD).signatures.map(({ name, id }) => [name, id])).toEqual([
    ['example.com/behind-the-sofa', '033de0ae'],
    ['witness.example.com/w1', '8d66cf3f'],
  ])
})

test('every note of text, names and bytes survives formatting and parsing', () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => `${text.replace(/\p{Cc}/gu, '')}\n`)
  const signature = fc.record({
    name: fc.stringMatching(/^[a-z0-9./é—-]+$/u),
    id: fc.stringMatching(/^[0-9a-f]{8}$/),
    signature: fc.uint8Array({ minLength: 1, maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  })
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1 }),
      fc.array(signature, { minLength: 1, maxLength: 20 }),
      (lines, all) => {
        const note = { text: lines.join(''), signatures: all }
        expect(parseNote(formatNote(note))).toEqual(note)
      },
    ),
  )
})

const [TEXT = '', LINE = ''] = MESSAGE.note.split('\n\n')

test.each([
  ['nothing', ''],
  ['no signature', `${TEXT}\n\n`],
  ['no empty line', `${TEXT}\n${LINE}`],
  ['no newline at its end', MESSAGE.note.slice(0, -1)],
  ['an empty line after its signatures', `${MESSAGE.note}\n`],
  ['a line that is not a signature', `${MESSAGE.note}x\n`],
  ['a hyphen for the dash', MESSAGE.note.replace('—', '-')],
  ['two spaces', MESSAGE.note.replace('foo ', 'foo  ')],
  ['a name with a plus sign', MESSAGE.note.replace('/foo', '/f+o')],
  ['a name with a no-break space', MESSAGE.note.replace('/foo', '/f\u00a0o')],
  ['no name', MESSAGE.note.replace('example.com/foo', '')],
  ['base64 without padding', MESSAGE.note.replace('=\n', '\n')],
  ['base64 with a character that is not', MESSAGE.note.replace('Uw2Q', 'Uw2_')],
  ['base64 that is not the one of its bytes', MESSAGE.note.replace('aQM=', 'aQN=')],
  ['a signature of four bytes', MESSAGE.note.replace(/foo .*/, 'foo Uw2QOg==')],
  ['a tab', MESSAGE.note.replace('is an', 'is\tan')],
  ['a carriage return', MESSAGE.note.replaceAll('\n', '\r\n')],
  ['a NUL', MESSAGE.note.replace('is an', 'is\0an')],
  ['a lone surrogate', MESSAGE.note.replace('is an', 'is\ud800an')],
  ['bytes that are not UTF-8', Buffer.concat([Buffer.of(0xff), Buffer.from(MESSAGE.note)])],
  ['too many signatures', `${TEXT}\n\n${`${LINE.trim()}\n`.repeat(101)}`],
  ['too many bytes', `${'x'.repeat(1_000_000)}${MESSAGE.note}`],
])('a note with %s is refused', (_, note) => {
  expect(() => parseNote(note)).toThrow(expect.objectContaining({ code: 'InvalidNote' }))
})

test('one hundred signatures, and as many lines of a witness, are accepted', () => {
  const lines = `${LINE.trim()}\n`.repeat(100)
  expect(parseNote(`${TEXT}\n\n${lines}`).signatures).toHaveLength(100)
  expect(parseSignatures(lines)).toHaveLength(100)
  expect(parseSignatures('')).toEqual([])
})
