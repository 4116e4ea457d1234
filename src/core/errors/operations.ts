import { TidemarkError } from './base.ts'

/** There is no incident of this id. */
export class IncidentNotFound extends TidemarkError {
  readonly code = 'IncidentNotFound'
  readonly incident: string
  constructor(incident: string) {
    super(`There is no incident ${incident}`)
    this.incident = incident
  }
}

/** The incident is resolved, so that it can be neither acknowledged nor resolved. */
export class IncidentClosed extends TidemarkError {
  readonly code = 'IncidentClosed'
  readonly incident: string
  constructor(incident: string) {
    super(`Incident ${incident} is already resolved`)
    this.incident = incident
  }
}

/** There is no silence of this id. */
export class SilenceNotFound extends TidemarkError {
  readonly code = 'SilenceNotFound'
  readonly silence: string
  constructor(silence: string) {
    super(`There is no silence ${silence}`)
    this.silence = silence
  }
}

/** A destination refused a notice of an incident, for another reason than that it is away or busy. */
export class NoticeRefused extends TidemarkError {
  readonly code = 'NoticeRefused'
  /** The HTTP status that it answered with. */
  readonly status: number
  /** @param destination its kind and host, without path, user and password */
  constructor(destination: string, status: number) {
    super(`${destination} refused the notice with status ${status}: check its address and its key`)
    this.status = status
  }
}
