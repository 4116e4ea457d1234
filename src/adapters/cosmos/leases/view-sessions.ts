import type { OpenContainer } from '../client/open-container.ts'
import { parseSession } from '../client/sessions/session-token.ts'
import { hashOf } from '../partitions/hash.ts'

/** The additional content of a lease, so that its readers read views at least as recent as it says. */
export type ViewSession = {
  /** Session tokens of partitions of the views container. */
  readonly session?: string
  /** There are more such partitions than a lease can name, so views are read from the primary replicas. */
  readonly viewsAtPrimary?: true
}

// A token takes about ten to thirty bytes; the tokens of a thousand partitions would outweigh the lease.
const MOST = 64

/**
 * The partitions that the views of each projection version were written to, by this handle or by those whose leases it
 * read. A lease says that views were saved; its readers, in other processes too, must then see these views.
 */
export class ViewSessions {
  readonly #views: OpenContainer
  readonly #written = new Map<string, Set<string>>()
  readonly #atPrimary = new Set<string>()

  constructor(views: OpenContainer) {
    this.#views = views
  }

  /** Records that a view of a version was written. */
  note(projection: string, version: number, viewId: string): void {
    const { partitions, sessions } = this.#views
    const partition = partitions.at(hashOf(viewId))
    // As long as the partitions are not known there are few, so all of them may be named.
    this.#add(projection, version, partition ? [partition.id] : sessions.ranges)
  }

  /** The additional content of a version's lease. */
  sessionOf(projection: string, version: number): ViewSession {
    const key = keyOf(projection, version)
    const ranges = [...(this.#written.get(key) ?? [])].flatMap((range) => this.#views.partitions.heirsOf(range))
    const session = this.#views.sessions.textOf(ranges.slice(-MOST))
    return {
      ...(session !== undefined && { session }),
      ...((ranges.length > MOST || this.#atPrimary.has(key)) && { viewsAtPrimary: true }),
    }
  }

  /** Adds the additional content of a version's lease. */
  learn(projection: string, version: number, { session, viewsAtPrimary }: ViewSession): void {
    if (typeof session === 'string') {
      this.#views.sessions.merge(session)
      this.#add(projection, version, parseSession(session).keys())
    }
    if (viewsAtPrimary) this.#atPrimary.add(keyOf(projection, version))
  }

  /** Whether views of a version are to be read from the primary replicas. */
  isAtPrimary(projection: string, version: number): boolean {
    return this.#atPrimary.has(keyOf(projection, version))
  }

  #add(projection: string, version: number, more: Iterable<string>): void {
    const key = keyOf(projection, version)
    const ranges = this.#written.get(key) ?? new Set()
    this.#written.set(key, ranges)
    for (const range of more) {
      // Those written last are at the end.
      ranges.delete(range)
      ranges.add(range)
    }
  }
}

const keyOf = (projection: string, version: number): string => `${projection}:${version}`
