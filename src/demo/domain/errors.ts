import { TidemarkError } from '../../core/errors/base.ts'
import type { PositionToken } from '../../core/positions/position-token.ts'

// The demo's own errors. They have their own section in docs/reference/errors.md.

/** No meter has this id. */
export class MeterNotFound extends TidemarkError {
  readonly code = 'MeterNotFound'
  readonly meterId: string
  constructor(meterId: string) {
    super(`There is no meter ${meterId}`)
    this.meterId = meterId
  }
}

/** The id is taken, in any year, by a current or former meter. */
export class MeterAlreadyRegistered extends TidemarkError {
  readonly code = 'MeterAlreadyRegistered'
  readonly meterId: string
  constructor(meterId: string) {
    super(`The id ${meterId} is taken: a meter's id is unique over all years and can never be used again`)
    this.meterId = meterId
  }
}

/** The meter is active and cannot be activated again. */
export class MeterAlreadyActive extends TidemarkError {
  readonly code = 'MeterAlreadyActive'
  readonly meterId: string
  constructor(meterId: string) {
    super(`Meter ${meterId} is already active`)
    this.meterId = meterId
  }
}

/** The meter was not activated in time: its code is no longer accepted. */
export class MeterActivationExpired extends TidemarkError {
  readonly code = 'MeterActivationExpired'
  readonly meterId: string
  constructor(meterId: string) {
    super(`Meter ${meterId} was not activated in time, and its activation code is no longer accepted: deregister it`)
    this.meterId = meterId
  }
}

/** Only an active meter accepts readings. */
export class MeterNotActive extends TidemarkError {
  readonly code = 'MeterNotActive'
  readonly meterId: string
  constructor(meterId: string) {
    super(`Meter ${meterId} is not active yet: activate it before you send readings`)
    this.meterId = meterId
  }
}

/** A deregistered meter accepts no command. */
export class MeterIsDeregistered extends TidemarkError {
  readonly code = 'MeterIsDeregistered'
  readonly meterId: string
  constructor(meterId: string) {
    super(`Meter ${meterId} was deregistered`)
    this.meterId = meterId
  }
}

/** The activation code is wrong; the attempt was recorded. */
export class WrongActivationCode extends TidemarkError {
  readonly code = 'WrongActivationCode'
  readonly meterId: string
  /** The position of the recorded attempt. */
  readonly position: PositionToken | null
  constructor(meterId: string, position: PositionToken | null) {
    super(`Wrong activation code for meter ${meterId}; the attempt was recorded`)
    this.meterId = meterId
    this.position = position
  }
}

/** The date already has other readings. */
export class ReadingsAlreadyCollected extends TidemarkError {
  readonly code = 'ReadingsAlreadyCollected'
  readonly meterId: string
  readonly date: string
  /** The version of the event with that day's readings. */
  readonly version: number
  constructor(meterId: string, date: string, version: number) {
    super(`Meter ${meterId} already has other readings for ${date}`)
    this.meterId = meterId
    this.date = date
    this.version = version
  }
}

/** The date has not begun anywhere on Earth. */
export class DateInFuture extends TidemarkError {
  readonly code = 'DateInFuture'
  readonly field: string
  readonly date: string
  constructor(field: string, date: string, latest: string) {
    super(`${date} is in the future: the latest day on Earth is ${latest}`)
    this.field = field
    this.date = date
  }
}

/** The books of the year cannot be closed, because it is not the open year. */
export class YearNotOpen extends TidemarkError {
  readonly code = 'YearNotOpen'
  readonly meterId: string
  readonly year: string
  readonly openYear: string
  constructor(meterId: string, year: string, openYear: string) {
    super(`Year ${year} of meter ${meterId} is not open; the open year is ${openYear}`)
    this.meterId = meterId
    this.year = year
    this.openYear = openYear
  }
}

/** No customer has this id. */
export class CustomerNotFound extends TidemarkError {
  readonly code = 'CustomerNotFound'
  readonly customerId: string
  constructor(customerId: string) {
    super(`There is no customer ${customerId}`)
    this.customerId = customerId
  }
}

/** A meter was to be registered for a customer who does not exist. */
export class UnknownCustomer extends TidemarkError {
  readonly code = 'UnknownCustomer'
  readonly customerId: string
  constructor(customerId: string) {
    super(`There is no customer ${customerId}: register the customer before the meter`)
    this.customerId = customerId
  }
}

/** The id is taken by a customer. */
export class CustomerAlreadyRegistered extends TidemarkError {
  readonly code = 'CustomerAlreadyRegistered'
  readonly customerId: string
  constructor(customerId: string) {
    super(`The id ${customerId} is taken by another customer`)
    this.customerId = customerId
  }
}

/** The customer was forgotten, and with them what is requested. */
export class CustomerForgotten extends TidemarkError {
  readonly code = 'CustomerForgotten'
  readonly customerId: string
  constructor(customerId: string) {
    super(`Customer ${customerId} was forgotten`)
    this.customerId = customerId
  }
}

/** The customer has no contract. */
export class ContractNotFound extends TidemarkError {
  readonly code = 'ContractNotFound'
  readonly customerId: string
  constructor(customerId: string) {
    super(`Customer ${customerId} has no contract`)
    this.customerId = customerId
  }
}
