import { CosmosError } from './types.ts'

/** The error for a request that is not valid. */
export function badRequest(message: string, substatus?: number): CosmosError {
  return new CosmosError(400, 'BadRequest', message, substatus)
}

/** The error for a document, or another resource, that is not there. */
export function notFound(): CosmosError {
  return new CosmosError(404, 'NotFound', 'Entity with the specified id does not exist in the system.')
}

/** The error for the id of a resource other than a document that is taken. */
export function taken(): CosmosError {
  return new CosmosError(409, 'Conflict', 'Resource with specified id or name already exists.')
}

/** The error for a condition that does not hold. */
export function preconditionFailed(): CosmosError {
  return new CosmosError(412, 'PreconditionFailed', 'One of the specified pre-condition is not met')
}

/** The error for more than 2 MB. */
export function tooLarge(): CosmosError {
  return new CosmosError(413, 'RequestEntityTooLarge', 'Request size is too large')
}

/** The error for more requests, or more request units, than are allowed. @param retryAfter milliseconds to wait */
export function tooManyRequests(retryAfter: number): CosmosError {
  const message = 'The request rate is too large. Please retry after sometime.'
  return new CosmosError(429, 'TooManyRequests', message, 3200, retryAfter)
}

/** The error for more documents of one partition key than it may have. */
export function partitionFull(): CosmosError {
  return new CosmosError(403, 'Forbidden', 'Partition key reached maximum size.', 1014)
}

/** The error for what the service has and this does not. */
export function notEmulated(what: string): CosmosError {
  return new CosmosError(501, 'NotImplemented', `${what} not emulated.`)
}
