import { readOpeningSettings } from '../../open/opening-settings.ts'
import { openStorageWithVault } from '../../open/vault/open-with-vault.ts'
import { readVaultConfig } from '../../open/vault/vault-config.ts'
import { onNpmGone } from '../../process/stop-with-parent.ts'
import type { Storage } from '../../views/with-views.ts'
import { EXIT, exitCodeOf, lineOf } from './exit-codes.ts'
import { jsonLine, type Output, standardOutput } from './output.ts'
import { type StorageUrl, storageOf } from './storage-url.ts'
import { type Columns, tableOf } from './table.ts'

/** The options that every command on a storage has. */
export type CommonOptions = { readonly storage?: string; readonly json?: boolean }

/** What a command works with. */
export type Session = Console & { readonly storage: Storage }

/** How a command writes its results, and how it is stopped. */
export type Console = {
  readonly out: Output
  /** Whether the output is JSON. */
  readonly json: boolean
  /** Aborted by SIGINT and SIGTERM, and when the output is no longer read. */
  readonly signal: AbortSignal
  /** Writes rows: one JSON array, or a table. */
  rows<Row>(rows: readonly Row[], columns: Columns<Row>): Promise<void>
  /** Sets an exit code other than 0 although nothing failed. */
  endWith(code: number): void
  /** Writes one result: as JSON, or as a sentence. */
  tell(value: object, sentence: string): Promise<void>
}

/** Does a command's work. */
export type Work = (session: Session) => Promise<void>

/** Runs a command, and sets the exit code. */
export const withConsole = (json: boolean, work: (console: Console) => Promise<void>): Promise<void> =>
  settle((out, signal, endWith) =>
    work({
      out,
      json,
      signal,
      endWith,
      async rows(rows, columns) {
        if (json) return out.line(jsonLine(rows))
        for (const line of tableOf(rows, columns, out.isTerminal ? out.width : undefined)) await out.line(line)
      },
      tell: (value, sentence) => out.line(json ? jsonLine(value) : sentence),
    }),
  )

/** How a command opens its storage. */
export type Opening = {
  /** Whether a storage that is not there is made. */
  readonly create?: boolean
  /** Whether it is opened with its vault, if it has one: for commands that fold events. */
  readonly vault?: boolean
}

/** Runs a command over the storage that its options, or else the environment, name, and sets the exit code. */
export async function withStorage({ storage: given, json = false, ...opening }: CommonOptions & Opening, work: Work) {
  await withConsole(json, async (console) => {
    await using storage = await openAt(storageOf(given), opening)
    await work({ ...console, storage })
  })
}

/** Opens the storage of a URL, with the keys that the environment names. */
export async function openAt(
  { url, setting }: StorageUrl,
  { create = false, vault = false }: Opening = {},
): Promise<Storage> {
  const config = vault ? readVaultConfig(process.env, url, setting) : undefined
  const opening = { setting, mustExist: !create, ...readOpeningSettings(process.env, url, setting) }
  return (await openStorageWithVault(url, config, opening)).storage
}

async function settle(
  work: (out: Output, signal: AbortSignal, endWith: (code: number) => void) => Promise<void>,
): Promise<void> {
  const out = standardOutput()
  const told = new AbortController()
  let stoppedBy: number | undefined
  const onSignal = (name: NodeJS.Signals) => {
    stoppedBy = name === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
    told.abort()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  onNpmGone(() => onSignal('SIGTERM'))
  try {
    let code: number = EXIT.done
    await work(out, AbortSignal.any([told.signal, out.closed]), (other) => {
      code = other
    })
    process.exitCode = stoppedBy ?? code
  } catch (error) {
    const quiet = stoppedBy !== undefined || out.closed.aborted
    if (!quiet) process.stderr.write(`${lineOf(error)}\n`)
    process.exitCode = stoppedBy ?? (out.closed.aborted ? EXIT.done : exitCodeOf(error))
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}
