import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { test } from 'vitest'
import { hashOf } from '../../../../../src/adapters/cosmos/partitions/hash.ts'

/** The SDK's own hashing, which it does not export: the folder of its ES modules holds it as a file. */
async function hashOfSdk(): Promise<(key: readonly [string]) => string> {
  const entry = createRequire(import.meta.url).resolve('@azure/cosmos')
  const root = entry.slice(0, entry.lastIndexOf(join('@azure', 'cosmos'))) + join('@azure', 'cosmos')
  const file = join(root, 'dist', 'esm', 'utils', 'hashing', 'v2.js')
  const { hashV2PartitionKey } = await import(pathToFileURL(file).href)
  return hashV2PartitionKey
}

test('hashes any text as the SDK does', async () => {
  const theirs = await hashOfSdk()
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 220 }), (text) => {
      assert.equal(hashOf(text), theirs([text]))
    }),
    { numRuns: 2000 },
  )
})

test('hashes texts of every length around its blocks as the SDK does', async () => {
  const theirs = await hashOfSdk()
  for (let length = 0; length <= 66; length++) {
    for (const unit of ['a', 'é', '😀', '\u0000'])
      assert.equal(hashOf(unit.repeat(length)), theirs([unit.repeat(length)]))
  }
})

test('a hash is 32 upper-case digits below the end of the hash space', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const hash = hashOf(text)
      assert.match(hash, /^[0-3][0-9A-F]{31}$/)
      assert.ok(hash < 'FF')
    }),
  )
})

test('spreads streams evenly over four parts of the hash space', () => {
  const parts = Map.groupBy(
    Array.from({ length: 4000 }, (_, i) => hashOf(`meter:${i}`)),
    (hash) => hash[0],
  )
  assert.deepEqual([...parts.keys()].toSorted(), ['0', '1', '2', '3'])
  for (const [digit, hashes] of parts) assert.ok(Math.abs(hashes.length - 1000) < 150, `${digit}: ${hashes.length}`)
})
