import { expect, test } from 'vitest'
import {
  EMPTY_ROOT,
  hashesText,
  hashText,
  leafHash,
  nodeHash,
  parseHash,
  parseHashes,
  sameHash,
} from '../../../../src/integrity/merkle/hash.ts'
import { naiveLeaf, someLeaves } from '../../../support/integrity/naive-tree.ts'

test('the root of an empty tree, and the leaf of an empty entry, are those of Certificate Transparency', () => {
  // From the test vectors of google/certificate-transparency.
  expect(Buffer.from(EMPTY_ROOT).toString('hex')).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
  const leaf = Buffer.from(leafHash('')).toString('hex')
  expect(leaf).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
})

test('the leaf of a text is the one of its UTF-8', () => {
  for (const text of ['', 'a', 'é', '😀', '{"a":1}']) {
    expect(leafHash(text)).toEqual(naiveLeaf(Buffer.from(text)))
    expect(leafHash(Buffer.from(text))).toEqual(leafHash(text))
  }
})

test('a leaf never has the hash of an inner node, whatever its bytes', () => {
  const [a, b] = someLeaves(2) as [Buffer, Buffer]
  expect(sameHash(leafHash(Buffer.concat([a, b])), nodeHash(a, b))).toBe(false)
  expect(sameHash(leafHash(Buffer.concat([Buffer.of(1), a, b])), nodeHash(a, b))).toBe(false)
})

test('a node hash is not changed by the next one', () => {
  const [a, b] = someLeaves(2) as [Buffer, Buffer]
  const first = nodeHash(a, b)
  const copy = Buffer.from(first)
  nodeHash(b, a)
  expect(first).toEqual(copy)
})

test('hashes survive their texts, and other texts are refused', () => {
  const leaves = someLeaves(3)
  const [first = Buffer.of()] = leaves
  expect(parseHash(hashText(first))).toEqual(first)
  expect(parseHashes(hashesText(leaves))).toEqual(leaves)
  expect(parseHashes('')).toEqual([])
  const text = hashText(first)
  for (const bad of [undefined, 7, '', text.slice(1), `${text} `, text.replace(/.=$/, '_='), text.slice(0, -1)]) {
    expect(parseHash(bad)).toBeUndefined()
  }
  for (const bad of [undefined, 7, text.slice(4), `${hashesText(leaves)}\n`, '==='])
    expect(parseHashes(bad)).toBeUndefined()
})
