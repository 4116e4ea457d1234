import { NoticeRefused } from '../../core/errors/operations.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'
import type { Destination } from './destination.ts'

const TIME_LIMIT = 10_000

/**
 * Sends a notice. Errors name the destination's kind and host only, since its address may contain a secret.
 *
 * @throws DestinationUnavailable if it does not answer within 10 seconds, fails, or is busy; NoticeRefused
 */
export async function sendNotice(
  { url, label }: Pick<Destination, 'url' | 'label'>,
  body: object,
  signal: AbortSignal,
): Promise<void> {
  const response = await post(url, label, body, signal)
  // What it answers does not matter, but the connection is to be used again.
  await response.body?.cancel().catch(() => {})
  if (response.ok) return
  const { status } = response
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfter = Number(response.headers.get('retry-after')) * 1_000
    throw new DestinationUnavailable(`${label} answered with status ${status}`, retryAfter > 0 ? { retryAfter } : {})
  }
  throw new NoticeRefused(label, status)
}

async function post(address: string, label: string, body: object, signal: AbortSignal): Promise<Response> {
  const url = new URL(address)
  const { username, password } = url
  // Fetch refuses an address with a user.
  url.username = ''
  url.password = ''
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  try {
    return await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(user !== ':' && { authorization: `Basic ${Buffer.from(user).toString('base64')}` }),
      },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIME_LIMIT)]),
    })
  } catch (error) {
    // The error of fetch, and its cause, may quote the address.
    throw new DestinationUnavailable(`${label} ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `did not answer within ${TIME_LIMIT} ms`
  const { cause } = error as { readonly cause?: { readonly code?: unknown } }
  return typeof cause?.code === 'string' ? `cannot be reached (${cause.code})` : 'cannot be reached'
}
