import type {
  EmulatorHttpClient,
  InProcessEmulator,
  PipelineRequestLike,
} from '../../../../../src/cosmos-emulator/index.ts'
import { ResponseHeaders } from '../../../../../src/cosmos-emulator/response-headers.ts'

/** A request as it is looked at here. */
export type Seen = {
  readonly method: string
  /** The path, decoded once as a gateway does. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** An answer in the place of the emulator's. */
export type Given = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object becomes JSON. */
  readonly body?: unknown
}

/** The emulator's own answer. */
export type Own = () => Promise<Given & { readonly headers: Readonly<Record<string, string>>; readonly body: string }>

/**
 * Puts answers of the service between a client and the emulator.
 *
 * @param answer gives an answer, or nothing for the emulator's own, which it may ask for
 */
export function between(
  emulator: InProcessEmulator,
  answer: (request: Seen, own: Own) => Given | undefined | Promise<Given | undefined>,
): InProcessEmulator {
  const { httpClient } = emulator
  const client: EmulatorHttpClient = {
    async sendRequest(request) {
      let response: Awaited<ReturnType<typeof httpClient.sendRequest<typeof request>>> | undefined
      const own: Own = async () => {
        response ??= await httpClient.sendRequest(request)
        const { status, headers, bodyAsText } = response
        return { status, headers: headers.toJSON(), body: bodyAsText }
      }
      const given = await answer(seen(request), own)
      if (given === undefined) return response ?? httpClient.sendRequest(request)
      const body =
        typeof given.body === 'string' ? given.body : JSON.stringify(given.body ?? { message: 'put between' })
      return { request, status: given.status, headers: new ResponseHeaders(given.headers ?? {}), bodyAsText: body }
    },
  }
  return Object.defineProperties({} as InProcessEmulator, {
    ...Object.getOwnPropertyDescriptors(emulator),
    httpClient: { value: client, enumerable: true },
    faults: {
      get: () => emulator.faults,
      set: (faults) => {
        emulator.faults = faults
      },
    },
    staleReads: {
      get: () => emulator.staleReads,
      set: (staleReads) => {
        emulator.staleReads = staleReads
      },
    },
  })
}

function seen({ method, url, headers, body }: PipelineRequestLike): Seen {
  return {
    method,
    path: decodeURIComponent(new URL(url).pathname),
    headers: Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value])),
    body: typeof body === 'string' ? body : '',
  }
}

/** Whether a request is a page of the change feed. */
export const isFeed = ({ headers }: Seen): boolean => headers['a-im'] !== undefined

/** Whether a request runs a stored procedure. */
export const isScript = ({ method, path }: Seen): boolean => method === 'POST' && /\/sprocs\/[^/]+$/.test(path)

/** Whether a request is a query. */
export const isQuery = ({ headers }: Seen): boolean => headers['x-ms-documentdb-isquery'] !== undefined

/** Whether a request reads the definition of a container. */
export const isContainerRead = ({ method, path }: Seen): boolean => method === 'GET' && /\/colls\/[^/]+$/.test(path)
