import { type Json, setMember } from '../../core/json/json.ts'

// JSON is not nested deeper in any storage.
const MOST_LEVELS = 100

/**
 * A copy of a state as JSON that can be shown: a Map by its keys, a Set as an array, a Date as text, and a text in place of
 * what JSON has nothing for.
 */
export function plainJson(value: unknown, levels = MOST_LEVELS): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object') return `(${typeof value})`
  if (levels === 0) return '(nested too deeply)'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '(invalid date)' : value.toISOString()
  if (Array.isArray(value)) return value.map((one) => plainJson(one, levels - 1))
  if (value instanceof Set) return [...value].map((one) => plainJson(one, levels - 1))
  const members = value instanceof Map ? [...value].map(([name, one]) => [String(name), one]) : Object.entries(value)
  const copy: { [member: string]: Json } = {}
  for (const [name, one] of members) if (one !== undefined) setMember(copy, name, plainJson(one, levels - 1))
  return copy
}
