import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DONE, STOP, search } from '../../../../../src/integrity/mining/search/search.ts'
import { startSearch } from '../../../../../src/integrity/mining/search/start-search.ts'
import { workInput } from '../../../../../src/integrity/mining/work.ts'

const input = workInput(new Uint8Array(32), 'a note\n')
const shared = () => new Int32Array(new SharedArrayBuffer(8))

/** The zero bits of a nonce, as one would count them by hand. */
function bitsOf(nonce: bigint): number {
  const hex = createHash('sha256').update(input).update(nonce.toString(16).padStart(16, '0'), 'hex').digest('hex')
  const bits = [...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('')
  return bits.indexOf('1')
}

const firstWith = (bits: number, from: bigint) => {
  for (let nonce = from; ; nonce++) if (bitsOf(nonce) >= bits) return nonce
}

describe('the search for a nonce', () => {
  it.each([1, 3, 7, 8, 9, 12])('finds the first with %i zero bits', (bits) => {
    for (const from of [0n, 17n, 2n ** 32n - 5n, 2n ** 63n]) {
      expect(search({ input, bits, from, count: 2 ** 20, shared: shared() })).toBe(firstWith(bits, from))
    }
  })

  it('looks at no nonce outside its chunk', () => {
    const nonce = firstWith(10, 0n)
    const at = shared()
    expect(search({ input, bits: 10, from: 0n, count: Number(nonce), shared: at })).toBeUndefined()
    expect(at[DONE]).toBe(Number(nonce))
    expect(search({ input, bits: 10, from: 0n, count: Number(nonce) + 1, shared: shared() })).toBe(nonce)
  })

  it('ends soon after it was asked to', () => {
    const at = shared()
    at[STOP] = 1
    expect(search({ input, bits: 128, from: 0n, count: 2 ** 28, shared: at })).toBeUndefined()
    expect(at[DONE]).toBeLessThanOrEqual(4096)
  })

  it('runs in a thread, which can be stopped', async () => {
    const found = startSearch({ input, bits: 10, from: 0n, count: 2 ** 20 })
    expect(await found.found).toBe(firstWith(10, 0n))
    const hopeless = startSearch({ input, bits: 128, from: 0n, count: 2 ** 28 })
    while (hopeless.done() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    hopeless.stop()
    expect(await hopeless.found).toBeUndefined()
    expect(hopeless.done()).toBeLessThan(2 ** 28)
  })
})
