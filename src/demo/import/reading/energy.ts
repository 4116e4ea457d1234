/**
 * Energy as a whole number of 1e-9 kWh. Registers are decimal numbers, and the differences of their doubles would not
 * add up to the difference between the last and the first; those of whole numbers do.
 */
export type Energy = bigint

const PLACES = 9

/** One kWh. */
export const KWH: Energy = 10n ** BigInt(PLACES)

const DECIMAL = /^([+-]?)(\d{0,30})(?:\.(\d{0,30}))?(?:e([+-]?\d{1,2}))?$/i

/** Parses a decimal number of kWh, rounded to 1e-9 kWh; undefined if the text is invalid. */
export function parseEnergy(text: string): Energy | undefined {
  const match = DECIMAL.exec(text)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? []
  if (whole.length + fraction.length === 0) return undefined
  const shift = PLACES - fraction.length + Number(exponent)
  const digits = BigInt(whole + fraction)
  const size = shift >= 0 ? digits * 10n ** BigInt(shift) : round(digits, 10n ** BigInt(-shift))
  return sign === '-' ? -size : size
}

const round = (digits: bigint, unit: bigint): bigint => (digits + unit / 2n) / unit

/** The double nearest to an energy, in kWh. */
export function toKwh(energy: Energy): number {
  const digits = (energy < 0n ? -energy : energy).toString().padStart(PLACES + 1, '0')
  const kwh = Number(`${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`)
  return energy < 0n ? -kwh : kwh
}
