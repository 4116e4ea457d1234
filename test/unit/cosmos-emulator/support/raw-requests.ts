import { createHmac } from 'node:crypto'
import type { EmulatorHttpClient } from '../../../../src/cosmos-emulator/index.ts'

/** A request as it is put on the wire; what it must have to be let in is added. */
export type RawRequest = {
  readonly method: string
  /** Not encoded any further. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What came back. */
export type RawResponse = {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** The headers that let a request in, signed with the account's key. */
export function signed({ method, path }: RawRequest, key: string): Record<string, string> {
  const date = new Date(0).toUTCString()
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded)
  const link = (segments.length % 2 === 1 ? segments.slice(0, -1) : segments).join('/')
  const kind = segments.findLast((_, i) => i % 2 === 0) ?? ''
  const text = [method.toLowerCase(), kind.toLowerCase(), link, date.toLowerCase(), '', ''].join('\n')
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64')
  return { authorization: encodeURIComponent(`type=master&ver=1.0&sig=${signature}`), 'x-ms-date': date }
}

/** Sends a request to an emulator in this process, without the SDK. */
export async function sendRaw(
  { httpClient, key }: { readonly httpClient: EmulatorHttpClient; readonly key: string },
  request: RawRequest,
): Promise<RawResponse> {
  const headers = Object.entries({ ...signed(request, key), ...request.headers })
  const { method, path, body = '' } = request
  const response = await httpClient.sendRequest({ url: `https://emulator.invalid${path}`, method, headers, body })
  return {
    status: response.status,
    headers: new Map([...response.headers].map(([name, value]) => [name.toLowerCase(), value])),
    body: response.bodyAsText,
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
