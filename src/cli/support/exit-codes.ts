import { CommanderError } from 'commander'
import { TidemarkError } from '../../core/errors/base.ts'
import { oneLine } from './one-line.ts'

/** What an exit code of the command line says; docs/reference/cli.md lists them. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  attention: 5,
  tampered: 6,
  gaps: 7,
  interrupted: 130,
  terminated: 143,
} as const

const BY_CODE: Readonly<Record<string, number>> = {
  InvalidConfiguration: EXIT.usage,
  InvalidStreamId: EXIT.usage,
  InvalidViewKey: EXIT.usage,
  InvalidQuery: EXIT.usage,
  InvalidOption: EXIT.usage,
  InvalidDefinition: EXIT.usage,
  InvalidPersonId: EXIT.usage,
  InvalidChainKey: EXIT.usage,
  InvalidOrigin: EXIT.usage,
  InvalidNote: EXIT.usage,
  VaultRequired: EXIT.usage,
  StreamNotFound: EXIT.notFound,
  EventNotFound: EXIT.notFound,
  StreamDeleted: EXIT.notFound,
  UnknownVersion: EXIT.notFound,
  LeaseNotFound: EXIT.notFound,
  NotParked: EXIT.notFound,
  NotProvable: EXIT.notFound,
  ViewNotFound: EXIT.notFound,
  VersionActive: EXIT.refused,
  VersionBehind: EXIT.refused,
  VersionInUse: EXIT.refused,
  VersionBeingDropped: EXIT.refused,
  LeaseHeld: EXIT.refused,
  CopyTargetOccupied: EXIT.refused,
  CopyInProgress: EXIT.refused,
  PersonForgotten: EXIT.refused,
  ForgettingUnfinished: EXIT.refused,
  VaultMismatch: EXIT.refused,
  UniqueIndexStale: EXIT.refused,
  LogDiverged: EXIT.refused,
  TidemarkAheadOfLog: EXIT.refused,
  ChainOfAnotherLog: EXIT.refused,
  ChainDiverged: EXIT.tampered,
  LedgerDamaged: EXIT.tampered,
  AnchorRefused: EXIT.tampered,
  SealWrong: EXIT.tampered,
  SealMissing: EXIT.tampered,
}

/** The exit code for an error that a command ended with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  return error instanceof TidemarkError ? (BY_CODE[error.code] ?? EXIT.failed) : EXIT.failed
}

/** An error as one line, with its stable code and without a stack. */
export function lineOf(error: unknown): string {
  return oneLine(error instanceof TidemarkError ? `${error.code}: ${error.message}` : `Failed: ${messageOf(error)}`)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
