import type { Clock } from '../core/clock.ts'
import type { EnvironmentOptions } from '../core/environment.ts'
import type { OpenOptions as PortOptions } from '../core/port/storage.ts'
import type { Telemetry } from '../core/telemetry/telemetry.ts'
import type { Storage } from '../views/with-views.ts'
import type { SealConfig } from './chain/seal-config.ts'

/** The options for opening any storage. */
export type OpenOptions = PortOptions &
  EnvironmentOptions & {
    readonly clock?: Clock
    /** The name of the URL in errors; default `url`. */
    readonly setting?: string
    /** Whether a storage that does not exist is refused instead of created; default false. */
    readonly mustExist?: boolean
    /** The file of the key that seals what this process appends; see `readKeySettings`. */
    readonly writerKey?: string
    /** How views and snapshots are sealed and checked, if they are. */
    readonly seals?: SealConfig
    /** Receives a database's own figures, such as the cost of its requests. */
    readonly telemetry?: Telemetry
    /** Milliseconds between polls for changes on a database without notifications. */
    readonly pollInterval?: number
  }

/** Opens the storage of a URL with the scheme that it stands for. */
export type Opener = (url: string, options: Required<Pick<OpenOptions, 'setting'>> & OpenOptions) => Promise<Storage>

/** What handles a scheme. */
export type Scheme = {
  readonly open: Opener
  /** Starts what the storage needs to run, if it is not running. */
  readonly prepare?: (url: string, setting: string) => Promise<void>
}
