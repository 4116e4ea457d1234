/**
 * The statuses of errors that an operator can do something about. To the clients of an application they would be
 * failures of its server.
 */
export const OPERATOR_STATUSES: Readonly<Record<string, number>> = {
  UnknownVersion: 404,
  NotParked: 409,
  VersionActive: 409,
  VersionBehind: 409,
  VersionInUse: 409,
  VersionBeingDropped: 409,
  InvalidCommand: 409,
  InvalidConfiguration: 422,
  InvalidDefinition: 422,
  UpcastFailed: 422,
  VaultRequired: 422,
  HandlerFailed: 422,
  FoldingEnded: 422,
}
