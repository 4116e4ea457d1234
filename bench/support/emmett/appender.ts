import { join } from 'node:path'
import { startProcess } from '../process.ts'
import type { EmmettMode } from './store.ts'

/** emmett-sqlite in a process of its own, where it appends one batch after another. */
export type EmmettAppender = AsyncDisposable & {
  /** What it is, and how durable. */
  readonly peer: string
  /** Events a second over that many appends. */
  rate(appends: number): Promise<number>
  /** Appends that had to be made again, because emmett met `SQLITE_BUSY` on a file that nobody else has open. */
  readonly retries: number
}

/** Starts it on a new file. */
export async function startEmmettAppender(folder: string, mode: EmmettMode, size: number): Promise<EmmettAppender> {
  const child = startProcess('processes/emmett-appender.ts', [join(folder, `${mode}.db`), mode, String(size)])
  const { peer } = await child.message<{ readonly peer: string }>()
  let retries = 0
  return {
    peer,
    get retries() {
      return retries
    },
    async rate(appends) {
      const answer = child.message<{ readonly seconds: number; readonly retries: number }>()
      child.send(String(appends))
      const { seconds, retries: more } = await answer
      retries += more
      return (appends * size) / seconds
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

/** What to say of an appender's row, if anything. */
export const retriesNote = ({ retries }: EmmettAppender): string | undefined =>
  retries === 0
    ? undefined
    : `emmett-sqlite met SQLITE_BUSY without any other user of its file; ${retries} appends were made again`
