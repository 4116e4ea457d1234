import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { evenIntervals, type KeySpace } from '../../../../src/cosmos-emulator/engine/key-space/key-space.ts'
import { KEY_SPACE_V1 } from '../../../../src/cosmos-emulator/engine/key-space/key-space-v1.ts'
import { KEY_SPACE_V2 } from '../../../../src/cosmos-emulator/engine/key-space/key-space-v2.ts'
import { sdkHash } from '../support/sdk-hash.ts'

const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined),
)

const VERSIONS: (readonly [1 | 2, KeySpace])[] = [
  [1, KEY_SPACE_V1],
  [2, KEY_SPACE_V2],
]

describe.each(VERSIONS)('in version %i of the hash', (version, space) => {
  test('a partition key has the place that the SDK computes', async () => {
    const theirs = await sdkHash(version)
    fc.assert(
      fc.property(scalar, (value) => {
        assert.equal(space.placeOf(value), theirs([value]))
      }),
      { numRuns: 2_000 },
    )
  })

  test('so it is at every length around the blocks of the hash', async () => {
    const theirs = await sdkHash(version)
    for (let length = 0; length <= 50; length++) {
      const text = 'é'.repeat(length % 3) + 'x'.repeat(length)
      assert.equal(space.placeOf(text), theirs([text]))
    }
  })

  test('even intervals, and both halves of one, get about as many keys', () => {
    const places = Array.from({ length: 4_000 }, (_, i) => space.placeOf(`key ${i}`))
    const count = (min: string, max: string) => places.filter((place) => place >= min && place < max).length
    for (const { min, max } of evenIntervals(space, 4)) {
      assert.ok(Math.abs(count(min, max) - 1_000) < 150)
      const middle = space.middleOf({ min, max })
      assert.ok(Math.abs(count(min, middle) - count(middle, max)) < 150)
    }
  })
})

test('the bounds of version 1 are those that the service answers', () => {
  // As seen in answers of the service: 05C1CFFFFFFFF8 is a quarter of the hashes, 05C1C9CD673398 a fifth.
  assert.deepEqual(KEY_SPACE_V1.evenCuts(4).slice(0, 2), ['05C1CFFFFFFFF8', '05C1DFFFFFFFFC'])
  assert.equal(KEY_SPACE_V1.evenCuts(5)[0], '05C1C9CD673398')
})
