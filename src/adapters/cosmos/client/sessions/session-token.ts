/**
 * The token of one physical partition, `<version>#<global LSN>#<region>=<LSN>…`, as the SDK's VectorSessionToken parses
 * it. A region's LSN may be -1, which means unknown.
 */
export type RangeToken = {
  readonly version: number
  readonly lsn: number
  readonly regions: ReadonlyMap<string, number>
}

const RANGE = /^\d{1,10}$/
const WHOLE = /^\d{1,16}$/
const VERSION = /^-?\d{1,10}$/
const REGION = /^(\d{1,5})=(-?\d{1,16})$/

/** The tokens by partition-key range in a response, several joined by commas; invalid parts are skipped. */
export function parseSession(text: string): ReadonlyMap<string, RangeToken> {
  const tokens = new Map<string, RangeToken>()
  for (const part of text.split(',')) {
    const colon = part.indexOf(':')
    const range = part.slice(0, colon)
    const token = parseRangeToken(part.slice(colon + 1))
    if (colon > 0 && RANGE.test(range) && token !== undefined) tokens.set(range, token)
  }
  return tokens
}

/** Either `-1#<LSN>`, or `<LSN>` as the oldest servers wrote it, or a vector with the LSN of each region. */
function parseRangeToken(text: string): RangeToken | undefined {
  const [first = '', second, ...rest] = text.split('#')
  const [version, lsn] = second === undefined ? ['-1', first] : [first, second]
  if (!VERSION.test(version) || !WHOLE.test(lsn) || !Number.isSafeInteger(Number(lsn))) return undefined
  const regions = new Map<string, number>()
  for (const part of rest) {
    const [, region, local] = REGION.exec(part) ?? []
    if (region === undefined || !Number.isSafeInteger(Number(local))) return undefined
    regions.set(region, Number(local))
  }
  return { version: Number(version), lsn: Number(lsn), regions }
}

/** The LSN of the first range in a token, or undefined if it is invalid. */
export function lsnOf(token: string | undefined): number | undefined {
  const [first] = token === undefined ? [] : parseSession(token).values()
  return first?.lsn
}

/** The token that requires what both require. */
export function newest(a: RangeToken, b: RangeToken): RangeToken {
  const [low, high] = a.version < b.version ? [a, b] : [b, a]
  const regions = new Map(high.regions)
  for (const [region, lsn] of low.regions) {
    const known = regions.get(region)
    // Regions that a newer version of the token does not name no longer exist.
    if (low.version === high.version || known !== undefined) {
      regions.set(region, known === undefined ? lsn : Math.max(lsn, known))
    }
  }
  return { version: high.version, lsn: Math.max(a.lsn, b.lsn), regions }
}

/** A range's token in the form in which it is sent. */
export const formatToken = (range: string, { version, lsn, regions }: RangeToken): string =>
  `${range}:${[`${version}#${lsn}`, ...[...regions].map(([region, local]) => `${region}=${local}`)].join('#')}`
