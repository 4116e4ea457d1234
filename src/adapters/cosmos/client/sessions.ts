/** The token of one physical partition, as `<version>#<global LSN>#<region>=<LSN>…` tells it; see the SDK's VectorSessionToken. */
type RangeToken = {
  readonly version: number
  readonly lsn: number
  readonly regions: ReadonlyMap<string, number>
}

/**
 * The newest session tokens that a container's answers carried, by partition-key range, so that a handle reads what it
 * wrote. The SDK keeps tokens too, but only with a client for session consistency, and never those of stored procedures.
 */
export class Sessions {
  #ranges = new Map<string, RangeToken>()
  #text: string | undefined

  /** The token to send, or undefined while nothing is known. */
  get token(): string | undefined {
    this.#text ??= [...this.#ranges].map(([range, token]) => `${range}:${format(token)}`).join(',')
    return this.#text === '' ? undefined : this.#text
  }

  /** The LSN that is known of one range. */
  lsn(range: string): number | undefined {
    return this.#ranges.get(range)?.lsn
  }

  /** The same, with nothing in common: what the one learns, the other does not. */
  copy(): Sessions {
    const copy = new Sessions()
    copy.#ranges = new Map(this.#ranges)
    return copy
  }

  /** Demands that a range shows what was committed up to an LSN. */
  demand(range: string, lsn: number): void {
    const known = this.#ranges.get(range) ?? { version: -1, lsn: 0, regions: new Map() }
    this.#ranges.set(range, { ...known, lsn: Math.max(known.lsn, lsn) })
    this.#text = undefined
  }

  /** Takes in a token as an answer carries it, several ranges joined by commas; what is no token is passed over. */
  merge(token: unknown): void {
    if (typeof token !== 'string') return
    for (const part of token.split(',')) {
      const colon = part.indexOf(':')
      const parsed = colon > 0 ? parse(part.slice(colon + 1)) : undefined
      if (parsed === undefined) continue
      const range = part.slice(0, colon)
      const known = this.#ranges.get(range)
      this.#ranges.set(range, known === undefined ? parsed : newest(known, parsed))
      this.#text = undefined
    }
  }
}

/** The LSN that a token of one range names, or undefined where it is none. */
export function lsnOf(token: string | undefined): number | undefined {
  return token === undefined ? undefined : parse(token.slice(token.indexOf(':') + 1))?.lsn
}

// Either `-1#<LSN>`, or `<LSN>` as the oldest servers wrote it, or a vector with the LSN of each region.
function parse(text: string): RangeToken | undefined {
  const parts = text.split('#')
  const [version, lsn] = parts.length === 1 ? [-1, Number(parts[0])] : [Number(parts[0]), Number(parts[1])]
  if (text === '' || !Number.isSafeInteger(version) || !Number.isSafeInteger(lsn)) return undefined
  const regions = new Map<string, number>()
  for (const part of parts.slice(2)) {
    const [region = '', local] = part.split('=')
    if (!Number.isSafeInteger(Number(local))) return undefined
    regions.set(region, Number(local))
  }
  return { version, lsn, regions }
}

function newest(a: RangeToken, b: RangeToken): RangeToken {
  const [low, high] = a.version < b.version ? [a, b] : [b, a]
  const regions = new Map(high.regions)
  for (const [region, lsn] of low.regions) {
    // Regions that a newer version of the token does not name are gone.
    if (low.version === high.version || regions.has(region))
      regions.set(region, Math.max(lsn, regions.get(region) ?? 0))
  }
  return { version: high.version, lsn: Math.max(a.lsn, b.lsn), regions }
}

const format = ({ version, lsn, regions }: RangeToken): string =>
  [`${version}#${lsn}`, ...[...regions].map(([region, local]) => `${region}=${local}`)].join('#')
