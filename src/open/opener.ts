import type { Clock } from '../core/clock.ts'
import type { OpenOptions as PortOptions } from '../core/port/storage.ts'
import type { Telemetry } from '../core/telemetry/telemetry.ts'
import type { Storage } from '../views/with-views.ts'

/** How a storage is opened, whatever it is. */
export type OpenOptions = PortOptions & {
  readonly clock?: Clock
  /** What an error calls the URL; default `url`. */
  readonly setting?: string
  /** Whether a storage that is not there is refused instead of made; default false. */
  readonly mustExist?: boolean
  /** Where a database's own figures are measured, such as what its requests cost. */
  readonly telemetry?: Telemetry
  /** Milliseconds after which whoever waits for a change asks a database that does not tell. */
  readonly pollInterval?: number
}

/** Opens the storage of a URL whose scheme it stands for. */
export type Opener = (url: string, options: Required<Pick<OpenOptions, 'setting'>> & OpenOptions) => Promise<Storage>

/** What stands for a scheme. */
export type Scheme = {
  readonly open: Opener
  /** Starts what the storage needs to run, where nobody else has. */
  readonly prepare?: (url: string, setting: string) => Promise<void>
}
