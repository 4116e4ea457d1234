import { randomUUID } from 'node:crypto'
import { type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { InvalidConfiguration } from '../../core/errors/input.ts'

/** How a file is written. */
export type NewFileOptions = {
  /** The option that names the file, for errors. */
  readonly setting: string
  /** Whether a file that is there is replaced. */
  readonly force: boolean
  /** Ends it early; nothing is left behind then. */
  readonly signal: AbortSignal
}

/**
 * Writes a file that only its owner can read. The file gets its name when it is complete, so an interrupted write leaves
 * no file under that name. No link is followed, neither under that name nor under the temporary one, so another user of
 * a shared folder cannot redirect the write.
 *
 * @throws InvalidConfiguration when the file is there, unless `force`, or its folder cannot be written to
 */
export async function writeNewFile(
  file: string,
  chunks: AsyncIterable<string>,
  { setting, force, signal }: NewFileOptions,
): Promise<void> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new InvalidConfiguration(setting, `${file} ${reason}`, { cause })
  }
  if (!force && (await isThere(file))) refuse(TAKEN)
  // The name cannot be guessed, so no link can be put there.
  const partial = `${file}.${randomUUID().slice(0, 8)}.partial`
  const handle: FileHandle = await open(partial, 'wx', 0o600).catch((error: NodeJS.ErrnoException) =>
    refuse(`cannot be written: ${error.code}`, error),
  )
  try {
    await pipeline(chunks, handle.createWriteStream({ flush: true }), { signal })
    if (force) await rename(partial, file)
    else if (!(await giveName(partial, file))) refuse(TAKEN)
  } finally {
    await rm(partial, { force: true })
  }
}

const TAKEN = 'already exists; --force replaces it'

/** Whether anything has this name, a link to nowhere included. */
const isThere = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  )

/** Gives a file a name that nothing has; false when something has it by now. */
async function giveName(partial: string, file: string): Promise<boolean> {
  try {
    // A second name, because a rename would replace whatever has it.
    await link(partial, file)
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (!NO_LINKS.includes(code)) throw error
  }
  if (await isThere(file)) return false
  await rename(partial, file)
  return true
}

/** What file systems without hard links answer. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']
