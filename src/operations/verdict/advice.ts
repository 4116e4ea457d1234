import type { RuleName } from '../model/alert.ts'

/** What to do about a range that is stalled, by the code of its error. */
const BY_CODE: { readonly [code: string]: string } = {
  EventSchemaTooNew: 'Start a worker of the release that writes these events.',
  UnknownOperation: 'Start a worker of the release that knows this operation.',
  UpcastFailed: 'Fix the upcaster of the event type, and start the workers with it.',
  InvalidViewKey: 'Fix the key function of the projection, and start the workers with it.',
  HandlerFailed: 'Fix the handler, and start the workers with it.',
  ViewTooLarge: 'Give the projection a finer key, and rebuild it.',
  IncarnationMismatch: 'The log was restored: rebuild the projection.',
  TidemarkAheadOfLog: 'The log was restored: rebuild the projection.',
  LogDiverged: 'The log was restored: rebuild the projection.',
  InvalidContinuation: 'Rebuild the projection.',
  ViewParked: 'Replay what is parked.',
  VaultRequired: 'Give the workers the vault of the storage.',
  PersonalKeyMissing: 'Restore the keys of the vault from their backup.',
  PayloadLost: 'Restore the payload store from its backup.',
  DestinationUnavailable: 'Check the system that the reaction calls. It resumes by itself.',
}

const UNKNOWN_CODE = 'Read the error of the range, and fix its cause. It is retried by itself.'

// Without an error, something never returns.
const NO_CODE = 'Something does not respond: check the database, and what the handlers call.'

/** @param code of the error of a stalled range, if it has one */
export const adviceByCode = (code: string | undefined): string =>
  code === undefined ? NO_CODE : (BY_CODE[code] ?? UNKNOWN_CODE)

/** What to do first about an alert. */
export const ADVICE: { readonly [rule in RuleName]: string } = {
  StorageUnavailable: 'Check that the database runs and can be reached. Everything resumes by itself.',
  RangeStalled: UNKNOWN_CODE,
  RangeUnowned: 'Start a worker that has this version of the projection.',
  LeasesUnreachable: 'Check the database, and what the account of the connection may read.',
  InstanceLost: 'Find out on its host why it ended, and start it again.',
  LagHigh: 'Look at the ranges of the projection. If the lag grows, add workers.',
  LagGrowing: 'Add workers, up to the number of ranges.',
  SequenceParked: 'Read the error, fix the handler, then replay.',
  ParkStorm: 'Roll the workers back to the release before, or pause the projection.',
  Conflicts: 'Make streams smaller, or give the projection a finer key.',
  Throttled: 'Raise the throughput of the container.',
  DiskNearlyFull: 'Make the disk larger, or remove what is not needed.',
  WalTooLarge: 'Look for a process that keeps a read open.',
  ClockSkew: 'Check the time service (NTP) of the hosts.',
  EventLoop: 'Look for handlers that compute for long, or too little CPU.',
  LeaseChurn: 'Look at the CPU, the memory and the event loop of the workers.',
  SloBurn: 'Look at what is late or fails, and follow the alerts about it.',
}
