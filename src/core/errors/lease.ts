import { TidemarkError } from './base.ts'

/** There is no lease with this id. */
export class LeaseNotFound extends TidemarkError {
  readonly code = 'LeaseNotFound'
  readonly leaseId: string
  constructor(leaseId: string) {
    super(`There is no lease ${leaseId}`)
    this.leaseId = leaseId
  }
}

/** The lease has not expired, so that its owner may be alive. */
export class LeaseHeld extends TidemarkError {
  readonly code = 'LeaseHeld'
  readonly leaseId: string
  readonly owner: string
  /** ISO 8601 in UTC. */
  readonly expires: string
  constructor(leaseId: string, owner: string, expires: string) {
    super(`Lease ${leaseId} is held by worker ${owner} until ${expires}`)
    this.leaseId = leaseId
    this.owner = owner
    this.expires = expires
  }
}
