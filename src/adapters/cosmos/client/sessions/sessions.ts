import { hashOf } from '../../partitions/hash.ts'
import type { PartitionMap } from '../../partitions/partition-map.ts'
import { formatToken, newest, parseSession, type RangeToken } from './session-token.ts'

/** Which physical partition a request goes to: the one of a partition key, or one by its id. */
export type Target = { readonly key: string } | { readonly partition: string }

// Tokens of up to so many partitions are sent together, as long as nobody has read the map of partitions.
const FEW = 4

/**
 * The newest session tokens that a container's answers carried, by partition-key range, so that a handle reads what it
 * wrote. The SDK keeps tokens too, but only with a client for session consistency, and never those of stored procedures.
 */
export class Sessions {
  readonly #partitions: PartitionMap
  readonly #ranges = new Map<string, RangeToken>()
  // Ids of ranges are not given again, so what was found to be gone stays so, whatever an old token names.
  readonly #gone = new Set<string>()

  constructor(partitions: PartitionMap) {
    this.#partitions = partitions
  }

  /** Whether there are so many tokens that the partitions must be known to choose among them. */
  get needsMap(): boolean {
    return this.#ranges.size > FEW && this.#partitions.known === undefined
  }

  /**
   * The token to send with a request, or undefined while nothing is known. A header that holds the tokens of all
   * partitions grows past what servers take; the .NET and Java SDKs send one partition's, too.
   */
  tokenFor(target: Target): string | undefined {
    const partition = this.#partitionOf(target)
    if (partition !== undefined) return this.textOf([partition.id])
    // A partition that the map does not have is gone, or came since: its own token is all that concerns it.
    return this.textOf('partition' in target && this.#partitions.known !== undefined ? [target.partition] : this.ranges)
  }

  /** The LSN that is known of one range. */
  lsn(range: string): number | undefined {
    return this.#tokenOf(range, this.#partitions.byId(range)?.parents ?? [])?.lsn
  }

  /** Takes in a token as an answer carries it; what is not a token is passed over. */
  merge(text: unknown): void {
    if (typeof text !== 'string') return
    for (const [range, token] of parseSession(text)) {
      if (this.#gone.has(range)) continue
      const known = this.#ranges.get(range)
      this.#ranges.set(range, known === undefined ? token : newest(known, token))
      // An answer of a partition that was not there when the partitions were read.
      if (this.#partitions.known && !this.#partitions.has(range)) this.#partitions.known = undefined
    }
  }

  /** Forgets the tokens of partitions that are gone and have no part in those that are there. */
  retain(): void {
    const { known } = this.#partitions
    if (known === undefined) return
    const used = new Set(known.flatMap(({ id, parents }) => (this.#ranges.has(id) ? [id] : [id, ...parents])))
    for (const range of this.#ranges.keys()) {
      if (used.has(range)) continue
      this.#ranges.delete(range)
      this.#gone.add(range)
    }
  }

  /** What is known now, to be compared with later. */
  snapshot(): ReadonlyMap<string, RangeToken> {
    return new Map(this.#ranges)
  }

  /**
   * Takes a token for the last word about its range, even where it names less than was known: the log lost the rest.
   *
   * @param before what was known when the token was asked for; where more has become known since, nothing is done
   */
  replace(text: string, before: ReadonlyMap<string, RangeToken>): void {
    for (const [range, token] of parseSession(text)) {
      const line = [range, ...(this.#partitions.byId(range)?.parents ?? [])]
      const isSame = line.every((one) => this.#ranges.get(one)?.lsn === before.get(one)?.lsn)
      if (!isSame || token.lsn >= (this.lsn(range) ?? 0)) continue
      this.#ranges.set(range, token)
    }
  }

  /** The ranges of which something is known. */
  get ranges(): readonly string[] {
    return [...this.#ranges.keys()]
  }

  /** The tokens of some ranges, or undefined where nothing is known of them. */
  textOf(ranges: readonly string[]): string | undefined {
    const tokens = ranges.flatMap((range) => {
      const token = this.#tokenOf(range, this.#partitions.byId(range)?.parents ?? [])
      return token === undefined ? [] : [formatToken(range, token)]
    })
    return tokens.length === 0 ? undefined : tokens.join(',')
  }

  #partitionOf(target: Target) {
    return 'partition' in target ? this.#partitions.byId(target.partition) : this.#partitions.at(hashOf(target.key))
  }

  // A partition goes on with the LSNs of those that it was made from.
  #tokenOf(range: string, parents: readonly string[]): RangeToken | undefined {
    const own = this.#ranges.get(range)
    if (own !== undefined) return own
    const tokens = parents.flatMap((parent) => this.#ranges.get(parent) ?? [])
    return tokens.length === 0 ? undefined : tokens.reduce(newest)
  }
}
