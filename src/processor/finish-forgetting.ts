import type { RangeContext } from './ranges/range-context.ts'

/**
 * Finishes what forgetting people began, while the processor runs: removes payloads, and appends the events by which
 * projections forget. It never rejects.
 */
export async function finishForgetting({ storage, signal, onError }: RangeContext): Promise<void> {
  const failed = (error: unknown) => onError(error, { forgetting: true })
  try {
    await storage.vault?.finishForgetting(signal, failed)
  } catch (error) {
    if (!signal.aborted) failed(error)
  }
}
