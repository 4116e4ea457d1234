import { PayloadStoreFailed } from '../../core/errors/payload.ts'

/** Whether S3 gave this error code; some are in the name, those of unknown errors in `Code`. */
export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && (error.name === code || ('Code' in error && error.Code === code))

/** An error of the SDK as ours, with the code and the status, which say nothing about the content. */
export function toFailure(store: string, what: string, error: unknown): Error {
  if (error instanceof PayloadStoreFailed) return error
  return new PayloadStoreFailed(store, `${what}: ${describe(error)}`, { cause: error })
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unexpected error'
  const status =
    '$metadata' in error ? (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode : undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return status === undefined ? code : `${code}, status ${status}`
}
