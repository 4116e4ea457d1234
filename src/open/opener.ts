import type { Clock } from '../core/clock.ts'
import type { Storage } from '../views/storage.ts'

/** How a storage is opened, whatever it is. */
export type OpenOptions = {
  readonly clock?: Clock
  /** What an error calls the URL; default `url`. */
  readonly setting?: string
  /** Whether a storage that is not there is refused instead of made; default false. */
  readonly mustExist?: boolean
}

/** Opens the storage of a URL whose scheme it stands for. */
export type Opener = (url: string, options: Required<Pick<OpenOptions, 'setting'>> & OpenOptions) => Promise<Storage>
