import { readAtMost } from '../../../core/async/read-at-most.ts'
import { AnchorUnavailable } from '../../../core/errors/integrity.ts'

/** A response that was read. */
export type BoundedResponse = { readonly status: number; readonly body: string }

// A head with a hundred cosignatures is smaller.
const MAX_BYTES = 64 * 1024

/**
 * Sends a request, and reads at most 64 KiB of the response. Redirects are not followed: a witness is the one at its
 * address.
 *
 * @param name who is called, for errors
 * @param body of a POST; without one it is a GET
 * @throws AnchorUnavailable
 */
export async function request(
  name: string,
  url: string,
  { timeout, body: sent }: { readonly timeout: number; readonly body: string | undefined },
): Promise<BoundedResponse> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
      ...(sent !== undefined && {
        method: 'POST',
        body: sent,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      }),
    })
    const body = await readAtMost(response.body ?? [], MAX_BYTES)
    if (body === undefined) throw new AnchorUnavailable(`${name}: answered with more than ${MAX_BYTES} bytes`)
    return { status: response.status, body: body.toString() }
  } catch (cause) {
    if (cause instanceof AnchorUnavailable) throw cause
    throw new AnchorUnavailable(`${name}: ${reasonOf(cause, timeout)}`, { cause })
  }
}

function reasonOf(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return 'cannot be reached'
  if (error.name === 'TimeoutError') return `did not answer within ${timeout} ms`
  const { cause } = error as { readonly cause?: { readonly code?: unknown } }
  return typeof cause?.code === 'string' ? `cannot be reached (${cause.code})` : 'cannot be reached'
}
