import type { VerifyReport } from '../../../../src/integrity/verify/report.ts'
import type { RawDatabase } from '../raw-database.ts'
import type { SealedLog } from '../sealed-log.ts'

/** A way to tamper with a sealed log, and what a verification finds then. */
export type TamperingCase = {
  /** Does it. */
  readonly tamper: (log: SealedLog) => Promise<unknown> | undefined
  /** What is found, in short, maybe among other findings. */
  readonly finds: (log: SealedLog) => readonly string[]
  /** The verdict; default `tampered`. */
  readonly result?: VerifyReport['result']
  /** The databases in which it can be done; default all. */
  readonly on?: readonly RawDatabase['kind'][]
}

export type TamperingCases = Readonly<Record<string, TamperingCase>>
