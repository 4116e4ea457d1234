import { PayloadStoreFailed } from '../../core/errors/payload.ts'

/** Whether the service gave this error code. */
export const isCode = (error: unknown, code: string): boolean => codeOf(error) === code

/** An error of the SDK as ours, with the code and the status, which say nothing about the content. */
export function toFailure(store: string, what: string, error: unknown): Error {
  if (error instanceof PayloadStoreFailed) return error
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  const code = codeOf(error) ?? (error instanceof Error ? error.name : 'unexpected error')
  const described = typeof status === 'number' ? `${code}, status ${status}` : code
  return new PayloadStoreFailed(store, `${what}: ${described}`, { cause: error })
}

// Of a response without a body, such as that of HEAD, only the details have it.
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, details } = error as { readonly code?: unknown; readonly details?: { readonly errorCode?: unknown } }
  const found = code ?? details?.errorCode
  return typeof found === 'string' ? found : undefined
}
