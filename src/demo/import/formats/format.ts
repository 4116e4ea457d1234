/** A column of values, and the meter that its header names; undefined if the header is empty or not an id. */
export type Column = { readonly index: number; readonly meter?: string }

/** A format that the importer reads. In each of them the first column is the timestamp. */
export type Format = {
  /** Its name for `--format`. */
  readonly name: string
  /** Registers are differenced; intervals are used as they are. */
  readonly values: 'registers' | 'intervals'
  /** The grid of every timestamp, in minutes. */
  readonly grid: 15 | 30 | 60
  /** Whether this is its header. */
  readonly recognises: (header: readonly string[]) => boolean
  /** The columns of values. */
  readonly columns: (header: readonly string[]) => readonly Column[]
}
