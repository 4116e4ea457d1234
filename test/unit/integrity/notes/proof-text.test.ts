import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatProof, parseProof } from '../../../../src/integrity/notes/proof-text.ts'
import { HEAD, PROOF } from '../../../support/integrity/published-notes.ts'

test('the published proof is parsed, and formatted as it was', () => {
  const proof = parseProof(PROOF)
  expect(proof).toMatchObject({ index: 73_894, head: HEAD })
  expect(proof.path).toHaveLength(5)
  expect(Buffer.from(proof.extra ?? []).toString('latin1')).toMatch(/^age-v1\.2\.1-darwin-arm64\.tar\.gz/)
  expect(formatProof(proof)).toBe(PROOF)
})

test('every proof survives formatting and parsing', () => {
  const bytes = (length: { minLength?: number; maxLength: number }) =>
    fc.uint8Array(length).map((all) => Buffer.from(all))
  const path = fc.array(bytes({ minLength: 32, maxLength: 32 }), { maxLength: 63 })
  fc.assert(
    fc.property(fc.option(bytes({ maxLength: 50 })), fc.maxSafeNat(), path, (extra, index, hashes) => {
      const proof = { ...(extra && { extra }), index, path: hashes, head: HEAD }
      expect(parseProof(formatProof(proof))).toEqual(proof)
    }),
  )
})

const [HASH = ''] = PROOF.split('\n').slice(3)

test.each([
  ['nothing', ''],
  ['no head', PROOF.split('\n\n')[0] ?? ''],
  ['another version', PROOF.replace('@v1', '@v2')],
  ['no index', PROOF.replace(/index.*\n/, '')],
  ['an index with a leading zero', PROOF.replace('index ', 'index 0')],
  ['a negative index', PROOF.replace('index ', 'index -')],
  ['an index beyond the exact numbers', PROOF.replace('73894', '9007199254740993')],
  ['two indexes', PROOF.replace('index 73894', 'index 73894\nindex 73894')],
  ['extra data that is not base64', PROOF.replace('extra ', 'extra ?')],
  ['extra data after the index', PROOF.replace(/(extra.*\n)(index.*\n)/, '$2$1')],
  ['a hash that is too short', PROOF.replace(HASH, HASH.slice(4))],
  ['a carriage return', PROOF.replaceAll('\n', '\r\n')],
  ['a path that is too long', PROOF.replace(`${HASH}\n`, `${HASH}\n`.repeat(60))],
  ['too many characters', PROOF + 'x'.repeat(3_000_000)],
])('a proof with %s is refused', (_, text) => {
  expect(() => parseProof(text)).toThrow(expect.objectContaining({ code: 'InvalidProof' }))
})
