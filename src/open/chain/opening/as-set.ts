import { InvalidConfiguration, InvalidOption } from '../../../core/errors/input.ts'
import { InvalidChainKey, InvalidNote, InvalidOrigin } from '../../../core/errors/integrity.ts'

const FAULTS = [InvalidConfiguration, InvalidOption, InvalidChainKey, InvalidNote, InvalidOrigin]

/**
 * Does what a setting asks for, such as reading the file of a key. If what it says or names is invalid or cannot be read,
 * the error names the setting, which its user knows.
 *
 * @throws InvalidConfiguration; what `work` throws for other reasons
 */
export async function asSet<T>(setting: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!FAULTS.some((fault) => error instanceof fault)) throw error
    throw new InvalidConfiguration(setting, (error as Error).message, { cause: error })
  }
}
