import { type BuiltIn, ofAny, ofNumbers } from './define.ts'

/** The mathematical functions. */
export const NUMBER_FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  ABS: ofNumbers(1, Math.abs),
  ACOS: ofNumbers(1, Math.acos),
  ASIN: ofNumbers(1, Math.asin),
  ATAN: ofNumbers(1, Math.atan),
  ATN2: ofNumbers(2, (a = 0, b = 0) => Math.atan2(b, a)),
  CEILING: ofNumbers(1, Math.ceil),
  COS: ofNumbers(1, Math.cos),
  COT: ofNumbers(1, (value = 0) => 1 / Math.tan(value)),
  DEGREES: ofNumbers(1, (value = 0) => (value * 180) / Math.PI),
  EXP: ofNumbers(1, Math.exp),
  FLOOR: ofNumbers(1, Math.floor),
  LOG: ofAny(1, 2, (value, base = Math.E) => {
    const result = typeof value === 'number' && typeof base === 'number' ? Math.log(value) / Math.log(base) : Number.NaN
    return Number.isFinite(result) ? result : undefined
  }),
  LOG10: ofNumbers(1, Math.log10),
  PI: ofNumbers(0, () => Math.PI),
  POWER: ofNumbers(2, Math.pow),
  RADIANS: ofNumbers(1, (value = 0) => (value * Math.PI) / 180),
  ROUND: ofNumbers(1, Math.round),
  SIGN: ofNumbers(1, Math.sign),
  SIN: ofNumbers(1, Math.sin),
  SQRT: ofNumbers(1, Math.sqrt),
  SQUARE: ofNumbers(1, (value = 0) => value ** 2),
  TAN: ofNumbers(1, Math.tan),
  TRUNC: ofNumbers(1, Math.trunc),
}
