// Events in over HTTP, published as `tidemark/ingest`.

export { type IngestPath, ingestHandler } from './ingest-handler.ts'
export { ingestPlugin } from './ingest-plugin.ts'
export type { IngestRequest } from './ingest-request.ts'
export type { IngestResponse } from './ingest-response.ts'
export { type Ingestion, ingestion } from './ingestion.ts'
export type { IngestedEvent, IngestionLimits, IngestionOptions, MappedEvent } from './ingestion-options.ts'
