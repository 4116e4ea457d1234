import type { Container } from '../engine/container.ts'
import type { Context } from './context.ts'

/** A path by names in a header, which holds no other characters than paths do. */
export function headerPath(path: string): string {
  return encodeURI(path.toWellFormed())
}

/** Finds the container that a request is about, and says it in the answer. @throws CosmosError 404 */
export function containerOf({ account, reply }: Context, database: string, name: string): Container {
  const container = account.container(database, name)
  // The SDK keeps its session tokens by these two.
  reply.headers['x-ms-alt-content-path'] = headerPath(`dbs/${container.databaseId}/colls/${container.id}`)
  reply.headers['x-ms-content-path'] = container.rid
  return container
}
