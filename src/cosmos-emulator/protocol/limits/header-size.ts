import type { CosmosRequest, CosmosResponse } from '../message.ts'

const MAX_BYTES = 16 * 1024

/**
 * Answers a request whose headers are too long, session and continuation token included, as a web server does before the
 * service sees it: with a page instead of JSON.
 *
 * @see https://learn.microsoft.com/azure/cosmos-db/nosql/troubleshoot-dotnet-sdk-request-header-too-large
 */
export function headersTooLong({ headers }: CosmosRequest): CosmosResponse | undefined {
  const bytes = Object.entries(headers).reduce((sum, [name, value = '']) => sum + name.length + value.length + 4, 0)
  if (bytes <= MAX_BYTES) return undefined
  const why = 'HTTP Error 400. The size of the request headers is too long.'
  return {
    status: 400,
    headers: { 'content-type': 'text/html; charset=us-ascii' },
    body: `<HTML><BODY><h2>Bad Request - Request Too Long</h2><hr><p>${why}</p></BODY></HTML>`,
  }
}
