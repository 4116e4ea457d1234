import { NotJson } from '../errors/input.ts'
import { copyJson, type Json } from './json.ts'

/**
 * The same as `copyJson`, for a value that may be personal, and so may the names in it.
 *
 * @throws NotJson that says neither what is wrong nor where in the value
 */
export function copyPersonalJson(value: unknown, path: string, levels?: number): Json {
  try {
    return copyJson(value, path, levels)
  } catch (error) {
    if (!(error instanceof NotJson)) throw error
    throw new NotJson(path, 'a value that JSON cannot represent (it is withheld, since it may be personal)')
  }
}
