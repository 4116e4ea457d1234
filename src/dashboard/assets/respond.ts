import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import type { Asset, Encoding } from './asset.ts'

/** What to send for a file: `body` is null when the browser has it already. */
export type AssetResponse = {
  readonly status: 200 | 304
  readonly headers: OutgoingHttpHeaders
  readonly body: Uint8Array | null
}

/** Below this, compressing saves no packet. */
const WORTH_COMPRESSING = 1200

/** Responds with a file: compressed where the browser takes that, and not at all where it has the file already. */
export function respondWithAsset(asset: Asset, request: IncomingHttpHeaders): AssetResponse {
  const caching = {
    etag: asset.etag,
    'cache-control': asset.cacheable ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
  }
  if (hasEtag(request['if-none-match'], asset.etag)) return { status: 304, headers: caching, body: null }
  const encoding = asset.body.length >= WORTH_COMPRESSING ? acceptedEncoding(request['accept-encoding']) : null
  const body = encoding === null ? asset.body : asset.compressed(encoding)
  const headers = {
    ...caching,
    'content-type': asset.type,
    'content-length': body.length,
    ...(encoding !== null && { 'content-encoding': encoding }),
  }
  return { status: 200, headers, body }
}

function hasEtag(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((part) => part.trim().replace(/^W\//, '') === etag)
}

function acceptedEncoding(header: string | string[] | undefined): Encoding | null {
  const accepted = new Set<string>()
  for (const part of String(header ?? '')
    .toLowerCase()
    .split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim())
    if (!parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) accepted.add(name)
  }
  if (accepted.has('br')) return 'br'
  return accepted.has('gzip') ? 'gzip' : null
}
