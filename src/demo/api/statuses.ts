/** The HTTP status of each of the demo's own errors. */
export const STATUSES: Readonly<Record<string, number>> = {
  MeterNotFound: 404,
  MeterAlreadyRegistered: 409,
  MeterAlreadyActive: 409,
  MeterActivationExpired: 409,
  MeterNotActive: 409,
  MeterIsDeregistered: 409,
  ReadingsAlreadyCollected: 409,
  YearNotOpen: 409,
  WrongActivationCode: 422,
  CustomerNotFound: 404,
  ContractNotFound: 404,
  UnknownCustomer: 422,
  CustomerAlreadyRegistered: 409,
  CustomerForgotten: 410,
}
