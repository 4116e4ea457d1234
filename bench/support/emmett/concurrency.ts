import { fork } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { EmmettMode } from './store.ts'

/** What became of the appends that concurrent appenders made through emmett-sqlite. */
export type EmmettConcurrency = {
  /** What it is, and how durable. */
  readonly peer: string
  /** Appends that emmett said it had made. */
  readonly acknowledged: number
  /** Those of them that a reader finds in the file afterwards. */
  readonly kept: number
  /** How often each error was met. */
  readonly errors: Readonly<Record<string, number>>
}

type Message = { readonly peer?: string; readonly acknowledged?: number; readonly error?: string }

/**
 * Appends through emmett-sqlite from several appenders at once, each into a stream of its own with the version that it
 * was told last. After `seconds` the process is killed, as a power cut would, and the file is searched for every append
 * that was acknowledged until then.
 */
export async function emmettConcurrency(
  folder: string,
  mode: EmmettMode,
  appenders: number,
  seconds: number,
): Promise<EmmettConcurrency> {
  const file = join(folder, `emmett-${mode.replace(' ', '-')}.db`)
  const script = fileURLToPath(new URL('../../processes/emmett-appenders.ts', import.meta.url))
  const child = fork(script, [file, mode, String(appenders)], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const gone = new Promise<void>((resolve, reject) => child.on('error', reject).on('exit', () => resolve()))
  const acknowledged: number[] = []
  const errors: Record<string, number> = {}
  let peer = `emmett-sqlite, ${mode}`
  const begun = new Promise<void>((resolve) => {
    child.on('message', ({ peer: found, acknowledged: n, error }: Message) => {
      if (found !== undefined) {
        peer = found
        resolve()
      }
      if (n !== undefined) acknowledged.push(n)
      if (error !== undefined) errors[error] = (errors[error] ?? 0) + 1
    })
  })
  await Promise.race([begun, gone])
  await sleep(seconds * 1000)
  child.kill('SIGKILL')
  await gone
  const there = readNumbers(file)
  return { peer, acknowledged: acknowledged.length, kept: acknowledged.filter((n) => there.has(n)).length, errors }
}

function readNumbers(file: string): Set<number> {
  const db = new DatabaseSync(file)
  try {
    const rows = db.prepare(`SELECT json_extract(message_data, '$.n') AS n FROM emt_messages`).all()
    return new Set(rows.map(({ n }) => n as number))
  } finally {
    db.close()
  }
}
