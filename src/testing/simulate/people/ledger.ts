/** Something that a client wrote about people, and what is known about its outcome. */
export type Written = {
  /** The command's id, or that of the event. */
  readonly id: string
  /** Whose data it has. */
  readonly people: readonly string[]
  /** The personal values by member, each in nothing else that was written. */
  readonly tokens: Readonly<Record<string, string>>
  readonly began: number
  /** When it was known to be stored; absent if it is not known. */
  done?: number
}

/** A request to forget a person. */
export type Request = {
  readonly person: string
  readonly began: number
  /** When it was acknowledged; absent if it was not. */
  done?: number
}

/** What the clients know. */
export type PeopleLedger = {
  readonly written: Map<string, Written>
  readonly requests: Request[]
  /** A value that was never used before. */
  token(): string
  /** Whether what was written about a person from some time on may have been sealed under a key that is forgotten. */
  isDoubtful(person: string, from: number): boolean
}

/** What finds all values that are personal, in any text: nothing else that is stored contains such a thing. */
export const NEEDLE = /~[a-z0-9]+~/g

/** A value that several people want. */
export const sharedValue = (number: number): string => `~mail${number}~`

/**
 * Creates an empty ledger.
 *
 * @param cached milliseconds for which a process may use a key after another process forgot it
 */
export function createPeopleLedger(cached: number): PeopleLedger {
  let count = 0
  const requests: Request[] = []
  return {
    written: new Map(),
    requests,
    token: () => `~${++count}~`,
    isDoubtful: (person, from) =>
      requests.some(
        (request) => request.person === person && (request.done ?? Number.POSITIVE_INFINITY) + cached >= from,
      ),
  }
}
