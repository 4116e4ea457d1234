import type { IncomingMessage } from 'node:http'
import { isJsonObject, type JsonObject } from '../../core/json/json.ts'
import { Refused } from './refused.ts'

/** The most bytes of a body. */
const MOST_BYTES = 64 * 1024

/**
 * Reads the body of a request, which is a JSON object. Where a framework read it already, it is the request's `body`.
 *
 * @throws Refused
 */
export async function readJson(request: IncomingMessage & { readonly body?: unknown }): Promise<JsonObject> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/json')
    throw new Refused(415, 'UnsupportedMediaType', 'The body must be JSON: content-type: application/json')
  const body = request.readableEnded ? bodyOf(request) : parse(await readText(request))
  if (!isJsonObject(body)) throw invalid('The body must be a JSON object')
  return body
}

function bodyOf({ body }: { readonly body?: unknown }): unknown {
  if (body !== undefined) return body
  throw new Refused(
    500,
    'BodyConsumed',
    'The body was read before the dashboard received the request: mount the dashboard before what parses bodies, or set request.body to the parsed one',
  )
}

async function readText(request: IncomingMessage): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) throw tooLarge()
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    for await (const piece of request) {
      bytes += (piece as Buffer).length
      if (bytes > MOST_BYTES) throw tooLarge()
      pieces.push(piece as Buffer)
    }
  } catch (error) {
    // Anyone may disconnect in the middle of a body, which is not worth a line in the log.
    throw error instanceof Refused ? error : invalid('The body did not arrive in full')
  }
  return Buffer.concat(pieces).toString()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('The body is not JSON')
  }
}

const invalid = (detail: string) => new Refused(400, 'InvalidRequest', detail)

// What is left of the body is not read, so the connection cannot be used again.
const tooLarge = () =>
  new Refused(413, 'BodyTooLarge', `The body may have at most ${MOST_BYTES} bytes`, { connection: 'close' })
