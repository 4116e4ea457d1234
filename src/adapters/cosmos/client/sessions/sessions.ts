import { hashOf } from '../../partitions/hash.ts'
import type { PartitionMap } from '../../partitions/partition-map.ts'
import { formatToken, newest, parseSession, type RangeToken } from './session-token.ts'

/** Which physical partition a request goes to: the one of a partition key, or one by its id. */
export type Target = { readonly key: string } | { readonly partition: string }

// Tokens of up to this many partitions are sent together, as long as the map of partitions was not read.
const FEW = 4

/**
 * The latest session tokens of a container's responses, by partition-key range, so that a handle reads its own writes.
 * The SDK keeps tokens too, but only with a client for session consistency, and never those of stored procedures.
 */
export class Sessions {
  readonly #partitions: PartitionMap
  readonly #ranges = new Map<string, RangeToken>()
  // Ids of ranges are never reused, so a range that is gone stays so, whatever an old token names.
  readonly #gone = new Set<string>()

  constructor(partitions: PartitionMap) {
    this.#partitions = partitions
  }

  /** Whether there are so many tokens that the partitions must be known to choose among them. */
  get needsMap(): boolean {
    return this.#ranges.size > FEW && this.#partitions.known === undefined
  }

  /**
   * The token to send with a request, or undefined while nothing is known. A header with the tokens of all partitions
   * would exceed the servers' limit; the .NET and Java SDKs send one partition's, too.
   */
  tokenFor(target: Target): string | undefined {
    const partition = this.#partitionOf(target)
    if (partition !== undefined) return this.textOf([partition.id])
    // A partition that is not in the map is gone, or new: its own token is the only one that matters.
    return this.textOf('partition' in target && this.#partitions.known !== undefined ? [target.partition] : this.ranges)
  }

  /** The known LSN of one range. */
  lsn(range: string): number | undefined {
    return this.#tokenOf(range, this.#partitions.byId(range)?.parents ?? [])?.lsn
  }

  /** Adds a token from a response; an invalid one is skipped. */
  merge(text: unknown): void {
    if (typeof text !== 'string') return
    for (const [range, token] of parseSession(text)) {
      if (this.#gone.has(range)) continue
      const known = this.#ranges.get(range)
      this.#ranges.set(range, known === undefined ? token : newest(known, token))
      // A response of a partition that did not exist when the partitions were read.
      if (this.#partitions.known && !this.#partitions.has(range)) this.#partitions.known = undefined
    }
  }

  /** Forgets the tokens of partitions that are gone and are not ancestors of existing ones. */
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

  /** What is known now, for a later comparison. */
  snapshot(): ReadonlyMap<string, RangeToken> {
    return new Map(this.#ranges)
  }

  /**
   * Accepts a token as final for its range, even if it names less than was known: the log lost the rest.
   *
   * @param before what was known when the token was requested; if more has become known since, nothing is done
   */
  replace(text: string, before: ReadonlyMap<string, RangeToken>): void {
    for (const [range, token] of parseSession(text)) {
      const line = [range, ...(this.#partitions.byId(range)?.parents ?? [])]
      const isSame = line.every((one) => this.#ranges.get(one)?.lsn === before.get(one)?.lsn)
      if (!isSame || token.lsn >= (this.lsn(range) ?? 0)) continue
      this.#ranges.set(range, token)
    }
  }

  /** The ranges with a known token. */
  get ranges(): readonly string[] {
    return [...this.#ranges.keys()]
  }

  /** The tokens of some ranges, or undefined if none is known. */
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

  // A partition continues with the LSNs of its parents.
  #tokenOf(range: string, parents: readonly string[]): RangeToken | undefined {
    const own = this.#ranges.get(range)
    if (own !== undefined) return own
    const tokens = parents.flatMap((parent) => this.#ranges.get(parent) ?? [])
    return tokens.length === 0 ? undefined : tokens.reduce(newest)
  }
}
