// What each error is in terms of HTTP. An error that is not listed is a failure of the server: 500.
const STATUSES: { readonly [code: string]: number } = {
  InvalidRequest: 400,
  InvalidStreamId: 400,
  InvalidViewKey: 400,
  InvalidPosition: 400,
  InvalidQuery: 400,
  InvalidOption: 400,
  InvalidEventData: 400,
  NotJson: 400,
  DateInFuture: 400,

  NotFound: 404,
  MeterNotFound: 404,

  WrongExpectedVersion: 409,
  EventIdReused: 409,
  StreamDeleted: 409,
  PeriodClosed: 409,
  IncarnationMismatch: 409,
  MeterAlreadyRegistered: 409,
  MeterAlreadyActive: 409,
  MeterNotActive: 409,
  MeterIsDeregistered: 409,
  ReadingsAlreadyCollected: 409,
  YearNotOpen: 409,

  AppendTooLarge: 413,

  WrongActivationCode: 422,
  CommandIdReused: 422,

  StorageBusy: 503,
  StorageUnavailable: 503,
  StorageClosed: 503,
  StorageFull: 503,
  StorageReadOnly: 503,
  ViewParked: 503,
  ViewContended: 503,

  WaitTimedOut: 504,
}

/** The HTTP status of an error's code, or undefined where the caller cannot have caused it. */
export const statusOf = (code: string): number | undefined =>
  Object.hasOwn(STATUSES, code) ? STATUSES[code] : undefined
