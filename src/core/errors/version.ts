import { isReservedProjection } from '../port/view-store.ts'
import { TidemarkError } from './base.ts'

/** No worker ever ran this projection, or this version of it, on this storage. */
export class UnknownVersion extends TidemarkError {
  readonly code = 'UnknownVersion'
  readonly projection: string
  readonly version: number | null
  constructor(projection: string, version: number | null) {
    super(unknown(projection, version))
    this.projection = projection
    this.version = version
  }
}

function unknown(projection: string, version: number | null): string {
  if (isReservedProjection(projection)) {
    return `${projection} is reserved, and not a projection: names that begin with $ are Tidemark's own`
  }
  return version === null
    ? `No worker has run a projection called ${projection} on this storage`
    : `No worker has run version ${version} of projection ${projection} on this storage`
}

/** The active version is what readers see: it can be neither dropped nor rebuilt in place. */
export class VersionActive extends TidemarkError {
  readonly code = 'VersionActive'
  readonly projection: string
  readonly version: number
  constructor(projection: string, version: number) {
    super(
      `Version ${version} of projection ${projection} is what readers see: give the projection a higher version, ` +
        'which is built beside it, or make another version active first',
    )
    this.projection = projection
    this.version = version
  }
}

/** The version has not caught up with the active one, so views would regress. */
export class VersionBehind extends TidemarkError {
  readonly code = 'VersionBehind'
  readonly projection: string
  readonly version: number
  constructor(projection: string, version: number, why: string) {
    super(`Version ${version} of projection ${projection} cannot become active now: ${why}`)
    this.projection = projection
    this.version = version
  }
}

/** A worker holds, or may still hold, leases of the version. */
export class VersionInUse extends TidemarkError {
  readonly code = 'VersionInUse'
  readonly projection: string
  readonly version: number
  readonly owner: string
  constructor(projection: string, version: number, owner: string, reason: string) {
    super(`Version ${version} of projection ${projection} is in use by worker ${owner}: ${reason}`)
    this.projection = projection
    this.version = version
    this.owner = owner
  }
}

/** The views of the version are being removed, so no worker may start on it. */
export class VersionBeingDropped extends TidemarkError {
  readonly code = 'VersionBeingDropped'
  readonly projection: string
  readonly version: number
  constructor(projection: string, version: number) {
    super(
      `The views of version ${version} of projection ${projection} are being removed: wait until that command has finished`,
    )
    this.projection = projection
    this.version = version
  }
}
