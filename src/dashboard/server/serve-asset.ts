import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Assets } from '../assets/assets.ts'
import { respondWithAsset } from '../assets/respond.ts'
import { Refused } from './refused.ts'

/**
 * Responds with a file of the pages, wherever the dashboard is mounted: what is before its name does not count. A path
 * with a slash at its end is that of the one HTML page, whose addresses are relative to it.
 *
 * @throws Refused if there is none
 */
export function serveAsset(assets: Assets, request: IncomingMessage, response: ServerResponse, path: string): void {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new Refused(405, 'MethodNotAllowed', 'This path has the methods GET and HEAD', { allow: 'GET, HEAD' })
  const asset = findAsset(assets, path)
  if (asset === undefined) throw new Refused(404, 'NotFound', 'There is nothing at this path')
  const { status, headers, body } = respondWithAsset(asset, request.headers)
  response.writeHead(status, headers)
  if (request.method === 'HEAD' || body === null) response.end()
  else response.end(body)
}

function findAsset(assets: Assets, path: string): ReturnType<Assets> {
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const asset = assets(path.slice(at + 1))
    if (asset !== undefined) return asset
  }
  return undefined
}
