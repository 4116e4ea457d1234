import { readWriterKey } from '../../../integrity/writer-seal/writer-key.ts'
import { withWriterSeal, writerSeal } from '../../../integrity/writer-seal/writer-seal.ts'
import type { Storage } from '../../../views/with-views.ts'
import { asSet } from './as-set.ts'

/**
 * Opens a storage that seals what is appended to it.
 *
 * @param file the file of the writer's key, which is read before anything is opened
 * @throws InvalidConfiguration if it cannot be read, if others may read it, or if it is not a writer's key
 */
export async function openSealing(file: string, open: () => Promise<Storage>): Promise<Storage> {
  const key = await asSet('WRITER_KEY', () => readWriterKey(file))
  return withWriterSeal(await open(), writerSeal(key))
}
