import type { Properties } from '../subjects/subject.ts'

/** The last state of a subject. */
export type CachedSubject = {
  readonly id: string
  /** The version of its stream. */
  readonly version: number
  /** Null if its stream was deleted. */
  readonly properties: Properties | null
  /** The incarnation of the log. Only states of one log can be compared; one of another log is out of date. */
  readonly incarnation: string
}

/** Keeps the last states of subjects, for readers that do not need the storage then. It may lose them at any time. */
export type SubjectCache = {
  /**
   * Writes states, each in one atomic step, and only if its version is higher than that of what is cached.
   *
   * @param options.publish whether those that are written are published in the same step
   * @returns for each, in order, whether it was written; an error for one that was refused, and would be refused again
   * @throws what the client throws if the cache is away
   */
  write(states: readonly CachedSubject[], options: { readonly publish: boolean }): Promise<readonly (boolean | Error)[]>
}
