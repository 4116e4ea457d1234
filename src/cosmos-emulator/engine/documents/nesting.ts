import { badRequest } from '../errors.ts'

/**
 * Refuses a value whose objects and arrays are nested too deeply.
 *
 * @throws CosmosError 400
 */
export function checkNesting(value: unknown, most: number): void {
  if (!isWithin(value, most)) {
    throw badRequest(`The nesting of the request exceeds ${most} levels.`)
  }
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  for (const member of Object.values(value)) if (!isWithin(member, levels - 1)) return false
  return true
}
