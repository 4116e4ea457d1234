import type { Container } from '../../engine/container.ts'

const KILOBYTE = 1024
const QUOTA =
  'functions=50;storedProcedures=100;triggers=25;documentSize=2048;documentsSize=-1;documentsCount=-1;collectionSize=-1;'

/**
 * What a container holds and may hold, and how far its index is: the headers of an answer to a request with
 * `populateQuotaInfo`. Sizes are in kilobytes.
 */
export function quotaHeaders({ topology, scripts, indexingProgress }: Container): Readonly<Record<string, string>> {
  const documents = topology.partitions.flatMap((partition) => [...partition.documents()])
  const size = Math.ceil(documents.reduce((sum, { bytes }) => sum + bytes, 0) / KILOBYTE)
  const usage = [
    'functions=0',
    `storedProcedures=${scripts.list().length}`,
    'triggers=0',
    `documentsSize=${size}`,
    `documentsCount=${documents.length}`,
    `collectionSize=${size}`,
  ]
  return {
    'x-ms-resource-quota': QUOTA,
    'x-ms-resource-usage': `${usage.join(';')};`,
    'x-ms-documentdb-collection-index-transformation-progress': `${indexingProgress}`,
  }
}
