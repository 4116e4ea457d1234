import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'vitest'
import { effectivePartitionKey } from '../../../../src/cosmos-emulator/engine/partition-key.ts'
import { sdkHash } from '../support/sdk-hash.ts'

const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined),
)

test('a partition key has the place that the SDK computes', async () => {
  const theirs = await sdkHash()
  fc.assert(
    fc.property(scalar, (value) => {
      assert.equal(effectivePartitionKey(value), theirs([value]))
    }),
    { numRuns: 2_000 },
  )
})

test('so it is at every length around the blocks of the hash', async () => {
  const theirs = await sdkHash()
  for (let length = 0; length <= 50; length++) {
    const text = 'é'.repeat(length % 3) + 'x'.repeat(length)
    assert.equal(effectivePartitionKey(text), theirs([text]))
  }
})
