import { badRequest } from '../engine/errors.ts'
import type { KeyInterval } from '../engine/key-space/key-space.ts'

/** Where a query over several partitions resumes: in which of their intervals, and after which of its rows. */
export type PartitionContinuation = { readonly interval: KeyInterval; readonly token: string | undefined }

/** Formats it for a header. */
export function encodeContinuation({ interval, token }: PartitionContinuation): string {
  return JSON.stringify({ token: token ?? null, range: interval })
}

/** @throws CosmosError 400 for anything that no page returned */
export function decodeContinuation(text: string): PartitionContinuation {
  try {
    const { token, range } = JSON.parse(text)
    if (
      typeof range.min === 'string' &&
      typeof range.max === 'string' &&
      (token === null || typeof token === 'string')
    ) {
      return { interval: { min: range.min, max: range.max }, token: token ?? undefined }
    }
  } catch {
    // Handled below, like any other text that is not a continuation.
  }
  throw badRequest(`Invalid Continuation Token: ${text}`)
}
