import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that is gone when the test has ended, and the URL of a storage with four feed ranges in it. */
export async function tempFolder(): Promise<{ readonly path: string; readonly url: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'tidemark-import-'))
  const url = `file:${join(path, 'data')}?ranges=4`
  return { path, url, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}
