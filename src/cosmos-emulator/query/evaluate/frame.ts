import type { JsonValue } from '../../engine/types.ts'
import type { Aggregator } from './aggregates.ts'
import type { DocumentPath } from './lookups.ts'
import type { Value } from './values.ts'

/** What an expression is evaluated against: the sources' values of one row, the parameters, the group's aggregates. */
export type Frame = {
  readonly values: Value[]
  readonly parameters: ReadonlyMap<string, JsonValue>
  readonly aggregates: readonly Value[]
}

/** A compiled expression. */
export type Evaluate = (frame: Frame) => Value

/** An aggregate within a query's `SELECT`. */
export type AggregateCall = { readonly start: () => Aggregator; readonly argument: Evaluate }

/** What all parts of a query share while it is compiled. */
export type Program = {
  /** How many places the values of a frame take. */
  slots: number
  /**
   * Whether a document may take longer than a look at it: loops within loops, and regular expressions, have no bound that
   * the size of the document would set.
   */
  canRunLong: boolean
  /** The parameters that the query names. */
  readonly parameters: Set<string>
}

/** What names mean at a place of a query. */
export type Scope = {
  readonly program: Program
  /** Where in a frame's values a name's value stands. */
  readonly slots: ReadonlyMap<string, number>
  /** Where aggregates of this place are listed; undefined where none may stand. */
  readonly aggregates: AggregateCall[] | undefined
}

/** A condition that an index can decide, if it has these paths. */
export type Lookup = { readonly test: Evaluate; readonly paths: readonly DocumentPath[] }

/** A query that can be evaluated again and again. */
export type CompiledQuery = {
  readonly program: Program
  /**
   * Visits the rows that pass the filter, with the row's values in the frame. It ends when a visit answers false.
   *
   * @returns false when a visit ended it
   */
  each(frame: Frame, visit: (frame: Frame) => boolean): boolean
  readonly select: Evaluate
  readonly distinct: boolean
  /** Whether rows are gathered to groups, be it to one. */
  readonly isGrouped: boolean
  readonly groupBy: readonly Evaluate[]
  readonly aggregates: readonly AggregateCall[]
  readonly orderBy: readonly { readonly key: Evaluate; readonly descending: boolean }[]
  readonly top: Evaluate | undefined
  readonly offset: Evaluate | undefined
  readonly limit: Evaluate | undefined
  /** Whether it reads documents at all: a query without FROM does not. */
  readonly readsDocuments: boolean
  /** Whether the documents are its one source, taken as they are. */
  readonly documentIsOnlySource: boolean
  /** Where the conditions of `lookups`, and the order, find the document in a frame's values. */
  readonly documentSlot: number
  readonly lookups: readonly Lookup[]
}

/** Where a frame's values hold the document that the row is about. */
export const DOCUMENT = 0
