import { TidemarkError } from './base.ts'

/** Personal data or a payload was to be written or read, but the storage was opened without a vault. */
export class VaultRequired extends TidemarkError {
  readonly code = 'VaultRequired'
  readonly eventType: string
  /** The member that needs it. */
  readonly field: string
  constructor(eventType: string, field: string) {
    super(
      `${field} of ${eventType} is personal or stored apart, which needs a vault: open the storage with withVault of tidemark/privacy`,
    )
    this.eventType = eventType
    this.field = field
  }
}

/** A person was forgotten, so nothing more can be sealed for them, unless they are admitted again. */
export class PersonForgotten extends TidemarkError {
  readonly code = 'PersonForgotten'
  readonly person: string
  constructor(person: string) {
    super(`Person ${JSON.stringify(person)} was forgotten: only vault.admit lets their data be stored again`)
    this.person = person
  }
}

/** The id of a person cannot be used. */
export class InvalidPersonId extends TidemarkError {
  readonly code = 'InvalidPersonId'
  constructor(reason: string) {
    super(`A person's id must be a text of 1 to 200 characters: ${reason}`)
  }
}

/** There is no key for data that was sealed, though nothing says that its person was forgotten. */
export class PersonalKeyMissing extends TidemarkError {
  readonly code = 'PersonalKeyMissing'
  /** What cannot be opened: `<stream>@<version>`, or the id of a view or snapshot. */
  readonly where: string
  constructor(where: string) {
    super(
      `The key of personal data in ${where} is missing. It was not forgotten: restore the storage of the keys, or open the right one`,
    )
    this.where = where
  }
}

/** Sealed data, or what it is bound to, is not what was written. */
export class PersonalDataTampered extends TidemarkError {
  readonly code = 'PersonalDataTampered'
  /** What cannot be opened: `<stream>@<version>`, or the id of a view or snapshot. */
  readonly where: string
  constructor(where: string, options?: ErrorOptions) {
    super(`Personal data in ${where} was changed or moved after it was sealed`, options)
    this.where = where
  }
}

/** The keys cannot be read or unwrapped at present; it says nothing about whether a person was forgotten. */
export class KeysUnavailable extends TidemarkError {
  readonly code = 'KeysUnavailable'
}
