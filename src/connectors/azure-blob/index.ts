// Payloads in Azure Blob Storage.

export type { BlobContainer } from './blob-container.ts'
export { blobPayloads } from './blob-payloads.ts'
