import type { IncomingMessage } from 'node:http'
import { BodyTooLarge, InvalidRequest, RequestTimeout } from '../errors.ts'

/**
 * All bytes of a request's body. Of a body that is too large, the rest is discarded as it arrives, so that the client
 * can read the response.
 *
 * @throws BodyTooLarge, RequestTimeout, InvalidRequest if the connection ends before the body does
 */
export async function readBody(
  request: IncomingMessage,
  { bytes: most, bodyTimeout }: { readonly bytes: number; readonly bodyTimeout: number },
): Promise<Buffer> {
  if (request.readableEnded) throw new Error('The body of the request was read already: mount ingestion before parsers')
  if (Number(request.headers['content-length'] ?? 0) > most) throw new BodyTooLarge('bytes', most)
  if (request.destroyed) throw incomplete()
  return new Promise((resolve, reject) => {
    // One buffer that grows: a body may arrive byte by byte, and each chunk would cost hundreds of them.
    let held: Buffer = Buffer.alloc(0)
    let bytes = 0
    const timer = setTimeout(() => fail(new RequestTimeout(bodyTimeout)), bodyTimeout)
    const stop = () => {
      clearTimeout(timer)
      request.off('data', take).off('end', end).off('close', abort).off('error', abort)
    }
    const fail = (error: Error) => {
      stop()
      // Without a listener, a stream that flows discards what arrives.
      request.resume()
      reject(error)
    }
    const take = (chunk: Buffer) => {
      const start = bytes
      bytes += chunk.length
      if (bytes > most) fail(new BodyTooLarge('bytes', most))
      else if (start === 0) held = chunk
      else {
        if (bytes > held.length) {
          const larger = Buffer.allocUnsafe(Math.min(most, Math.max(bytes, 2 * held.length)))
          held.copy(larger, 0, 0, start)
          held = larger
        }
        chunk.copy(held, start)
      }
    }
    const end = () => {
      stop()
      resolve(held.subarray(0, bytes))
    }
    const abort = () => fail(incomplete())
    request.on('data', take).on('end', end).on('close', abort).on('error', abort)
  })
}

const incomplete = () => new InvalidRequest([{ path: '', message: 'the body is incomplete' }])
