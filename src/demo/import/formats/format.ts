/** A column of values, and the meter that its header names; undefined where the header is empty or says no id. */
export type Column = { readonly index: number; readonly meter?: string }

/** A format that the importer reads. In each of them the first column is the timestamp. */
export type Format = {
  /** What `--format` calls it. */
  readonly name: string
  /** Registers are differenced; intervals are taken as they are. */
  readonly values: 'registers' | 'intervals'
  /** Minutes of the grid that every timestamp must lie on. */
  readonly grid: 15 | 30 | 60
  /** Whether this is its header. */
  readonly recognises: (header: readonly string[]) => boolean
  /** The columns of values. */
  readonly columns: (header: readonly string[]) => readonly Column[]
}
