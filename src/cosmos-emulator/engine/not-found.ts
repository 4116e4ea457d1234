import { CosmosError } from './types.ts'

/** The error for a document, or another resource, that is not there. */
export function notFound(): CosmosError {
  return new CosmosError(404, 'NotFound', 'Entity with the specified id does not exist in the system.')
}
