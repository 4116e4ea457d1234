import type { FailurePlace } from '../../../../src/processor/ranges/range-context.ts'

/** Collects what a processor reports, for its option `onError`. */
export function reports() {
  // A busy machine may exceed other limits of a hurried clock, which have their own tests.
  const isIncidental = (error: unknown) => (error as { readonly code?: string }).code === 'StorageUnavailable'
  const found: (FailurePlace & { readonly error: Error & { readonly code?: string } })[] = []
  return {
    found,
    onError(error: unknown, place: FailurePlace) {
      if (!isIncidental(error)) found.push({ ...place, error: error as Error })
    },
    /** The codes of what was reported, and of their causes. */
    codes: () => found.map(({ error }) => (error.cause as { readonly code?: string } | undefined)?.code ?? error.code),
  }
}
