import { InvalidViewKey } from './errors/input.ts'
import { idFault } from './ids.ts'

/**
 * Checks a view's key: 1 to 200 characters, no control characters and none of `/ \ ? #`.
 *
 * @throws InvalidViewKey
 */
export function assertViewKey(key: string): void {
  const fault = idFault(key)
  if (fault !== undefined) throw new InvalidViewKey(String(key), fault)
}
