import { existsSync } from 'node:fs'

/**
 * Opens a file, which is created unless it exists. Any number of processes may do so at once.
 *
 * @param create must fail if the file exists
 * @throws what `open` and `create` throw
 */
export async function openOrCreate<T>(
  file: string,
  open: () => Promise<T>,
  create: () => Promise<T>,
): Promise<{ readonly opened: T; readonly created: boolean }> {
  if (!existsSync(file)) {
    try {
      return { opened: await create(), created: true }
    } catch (error) {
      // Another process that started at the same moment may have created it.
      if (!existsSync(file)) throw error
    }
  }
  return { opened: await open(), created: false }
}
