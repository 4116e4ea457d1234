import type { UserMetadata } from '../events/types.ts'
import type { Telemetry } from './telemetry.ts'

/**
 * Runs an append in a span, which the events' metadata then name: whoever folds them goes on with the trace.
 *
 * @param stream the stream's id, or its category and id where the period is not known yet
 * @param append is given the metadata with the span's `traceparent`; one that the caller gave goes before it
 */
export function traceAppend<T>(
  telemetry: Telemetry,
  stream: string,
  metadata: UserMetadata | undefined,
  append: (metadata: UserMetadata | undefined) => Promise<T>,
): Promise<T> {
  const attributes = { ...categoryOf(stream), 'tidemark.stream': stream }
  return telemetry.span({ name: 'tidemark.append', kind: 'producer', attributes }, (traceparent) =>
    append(traceparent === undefined ? metadata : { traceparent, ...metadata }),
  )
}

/** What measurements of a stream are told apart by; it does not look whether the id is a valid one. */
export const categoryOf = (stream: string) => ({ 'tidemark.category': String(stream).split(':', 1)[0] as string })
