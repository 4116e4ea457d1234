import { TidemarkError } from './base.ts'

/** No lease has this id. */
export class LeaseNotFound extends TidemarkError {
  readonly code = 'LeaseNotFound'
  readonly leaseId: string
  constructor(leaseId: string) {
    super(`There is no lease ${leaseId}: \`tidemark leases list\` shows all of them`)
    this.leaseId = leaseId
  }
}

/** Another process registered with this worker's id, so this one has lost its leases and stops. */
export class WorkerReplaced extends TidemarkError {
  readonly code = 'WorkerReplaced'
  readonly workerId: string
  constructor(workerId: string) {
    super(`Worker id ${workerId} was taken over by another process: give each process a workerId of its own`)
    this.workerId = workerId
  }
}

/** The lease has not expired, so its owner may be alive. */
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
