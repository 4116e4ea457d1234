import { reused } from '../core/async/reused.ts'
import type { Clock } from '../core/clock.ts'
import { TidemarkError } from '../core/errors/base.ts'
import type { PrivacyVault } from '../privacy/index.ts'

/** The state of the vault as a worker reports it: numbers only, and no id. */
export type VaultReport = {
  /** Null, as the other numbers, while the keys cannot be read. */
  readonly people: number | null
  readonly forgotten: number | null
  /** People for whom something is left to do, and for how many of them that is overdue. */
  readonly unfinished: number | null
  readonly overdue: number | null
  /** More than one while a rotation is unfinished. */
  readonly epochs: number | null
  /** Since when something has been overdue, or the keys unreadable, as far as this worker saw: ISO 8601, or null. */
  readonly lateSince: string | null
  /** The last failure to finish forgetting a person, or to read the keys, even if it is over. */
  readonly error: { readonly code: string; readonly at: string } | null
}

/** Reports the state of a vault. */
export type VaultReporter = {
  /** It always responds, and asks the storage of the keys at most every ten seconds. */
  read(): Promise<VaultReport>
  /** Records a failure. */
  failed(error: unknown): void
}

const FRESH = 10_000
const UNKNOWN = { people: null, forgotten: null, unfinished: null, overdue: null, epochs: null } as const

/** Creates what reports the state of a vault. */
export function createVaultReporter(vault: Pick<PrivacyVault, 'status'>, clock: Clock): VaultReporter {
  let lateSince: string | null = null
  let error: VaultReport['error'] = null
  const now = () => new Date(clock.now()).toISOString()
  // Of other errors, the message may say anything.
  const failed = (cause: unknown) => {
    error = { code: cause instanceof TidemarkError ? cause.code : 'unexpected', at: now() }
  }

  const count = reused(clock, FRESH, async () => {
    const counts = await vault.status().then(
      ({ epochs, ...numbers }): Counts => ({ ...numbers, epochs: epochs.length }),
      (cause) => {
        failed(cause)
        return UNKNOWN
      },
    )
    if (counts.overdue === 0) lateSince = null
    else lateSince ??= now()
    return counts
  })

  return {
    failed,
    async read() {
      return { ...(await count()), lateSince, error }
    },
  }
}

type Counts = Pick<VaultReport, keyof typeof UNKNOWN>
