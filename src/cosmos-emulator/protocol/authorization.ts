import { createHmac, timingSafeEqual } from 'node:crypto'
import { CosmosError } from '../engine/types.ts'
import type { CosmosRequest } from './message.ts'
import { parsePath, type ResourcePath } from './path.ts'

/** Whom the emulator lets in. */
export type Credentials = {
  /** The account's key, in base64. */
  readonly key: string
  /** Whether a token of Entra ID is good; without it, none is. */
  readonly acceptsToken?: (token: string) => boolean
}

/**
 * Checks the header `authorization`: a signature by the key, or a token of Entra ID. The time in `x-ms-date` is signed,
 * but not compared with the clock.
 *
 * @throws CosmosError 401
 */
export function authorize(request: CosmosRequest, path: ResourcePath, credentials: Credentials): void {
  const parts = parse(request.headers.authorization)
  if (parts.type === 'aad' && credentials.acceptsToken?.(parts.sig) === true) return
  if (parts.type === 'master' && isSigned(request, path, parts.sig, credentials.key)) return
  throw new CosmosError(401, 'Unauthorized', "The input authorization token can't serve the request.")
}

function isSigned(request: CosmosRequest, path: ResourcePath, signature: string, key: string): boolean {
  const date = request.headers['x-ms-date'] ?? ''
  const given = Buffer.from(signature, 'base64')
  return links(path).some((link) => {
    const expected = signatureOf(key, { method: request.method, kind: path.kind, link, date })
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}

/** What a request's signature is made of. */
type Signed = {
  readonly method: string
  /** The kind of what is asked for, such as `docs`. */
  readonly kind: string
  readonly link: string
  /** As in the header `x-ms-date`. */
  readonly date: string
}

function signatureOf(key: string, { method, kind, link, date }: Signed): Buffer {
  const text = [method.toLowerCase(), kind.toLowerCase(), link, date.toLowerCase(), '', ''].join('\n')
  return createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest()
}

/** The headers by which a client with the account's key is let in. */
export function signingHeaders(key: string, method: string, path: string): Readonly<Record<string, string>> {
  const { kind, link } = parsePath(path)
  const date = new Date().toUTCString()
  const signature = signatureOf(key, { method, kind, link, date }).toString('base64')
  return { authorization: encodeURIComponent(`type=master&ver=1.0&sig=${signature}`), 'x-ms-date': date }
}

/** By name, or by the resource id in lower case; an operation on a container is signed for the container. */
function links({ link, kind, names }: ResourcePath): string[] {
  if (kind === 'offers') return [(names[0] ?? '').toLowerCase()]
  return [link, (names.at(-1) ?? '').toLowerCase()]
}

function parse(header: string | undefined): { type: string; sig: string } {
  if (header === undefined) {
    throw new CosmosError(
      401,
      'Unauthorized',
      'Required Header authorization is missing. Ensure a valid Authorization token is passed.',
    )
  }
  const text = /%3d/i.test(header) ? decode(header) : header
  const [, type = '', , sig = ''] = /^type=(\w+)&ver=([\d.]+)&sig=(.+)$/s.exec(text) ?? []
  return { type, sig }
}

function decode(header: string): string {
  try {
    return decodeURIComponent(header)
  } catch {
    return header
  }
}
