import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEnergy, toKwh } from '../../../../src/demo/import/reading/energy.ts'

describe('parseEnergy', () => {
  it.each([
    ['0.082', 82_000_000n],
    ['6321.393', 6_321_393_000_000n],
    ['1.3150001', 1_315_000_100n],
    ['12', 12_000_000_000n],
    ['.5', 500_000_000n],
    ['5.', 5_000_000_000n],
    ['-1.5', -1_500_000_000n],
    ['+1.5', 1_500_000_000n],
    ['1e-05', 10_000n],
    ['1.5E3', 1_500_000_000_000n],
    ['0.30000000000000004', 300_000_000n],
    ['0.0000000005', 1n],
  ])('reads %s', (text, units) => {
    expect(parseEnergy(text)).toBe(units)
  })

  it.each(['', '.', '-', 'Null', 'NaN', 'Infinity', '1,5', '1.2.3', '0x10', '1 000', '--1', '1e', '1e999'])(
    'refuses %j',
    (text) => {
      expect(parseEnergy(text)).toBeUndefined()
    },
  )

  it('gives the double that the text itself would', () => {
    fc.assert(
      fc.property(fc.nat(9_999_999), fc.nat(999), (whole, thousandths) => {
        const text = `${whole}.${String(thousandths).padStart(3, '0')}`
        expect(toKwh(parseEnergy(text) as bigint)).toBe(Number(text))
        // There is one zero only.
        expect(toKwh(parseEnergy(`-${text}`) as bigint)).toBe(0 - Number(text))
      }),
      { examples: [[0, 0]] },
    )
  })
})
