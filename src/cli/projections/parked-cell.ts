import type { ParkedTally } from '../../processor/parking/parked-places.ts'
import type { Cell } from '../support/table.ts'

/** A number of parked sequences, with a `+` if not all are counted. */
export const parkedCell = ({ parked, moreParked }: ParkedTally): Cell =>
  moreParked && parked > 0 ? `${parked.toLocaleString('en')}+` : parked
