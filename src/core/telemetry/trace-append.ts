import type { UserMetadata } from '../events/types.ts'
import type { Telemetry } from './telemetry.ts'

/**
 * Runs an append in a span, which the events' metadata then name, so that the worker that folds them continues the
 * trace.
 *
 * @param stream the stream's id, or its category and id if the period is not known yet
 * @param append receives the metadata with the span's `traceparent`; one that the caller set takes precedence
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

/** The attributes for measurements of a stream; it does not check whether the id is valid. */
export const categoryOf = (stream: string) => ({ 'tidemark.category': String(stream).split(':', 1)[0] as string })
