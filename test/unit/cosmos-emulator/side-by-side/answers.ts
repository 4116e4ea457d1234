/** What of an answer both servers have to agree on: status and body, or the status of an error. */
export type Answer = { readonly status: number; readonly body?: unknown }

type Response = {
  readonly statusCode?: number
  readonly code?: number
  readonly resource?: unknown
  readonly resources?: readonly unknown[]
}

/** The answer of one call of the SDK. */
export async function answerOf(call: Promise<Response>): Promise<Answer> {
  try {
    const { statusCode, resource, resources } = await call
    // A query's last page says nothing of its status.
    return { status: statusCode ?? 200, body: withoutSystemFields(resources ?? resource ?? null) }
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (typeof code === 'number') return { status: code }
    throw error
  }
}

const SYSTEM_FIELDS = new Set(['_rid', '_self', '_etag', '_ts', '_attachments'])

function withoutSystemFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSystemFields)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !SYSTEM_FIELDS.has(name))
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutSystemFields(member)]))
}
