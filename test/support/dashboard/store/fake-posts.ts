import { replayAnswer } from './fake-parked.ts'

type Body = {
  readonly dryRun?: boolean
  readonly all?: boolean
}

/** What an operator is answered who acts on the store; undefined if it is none of these acts. */
export function storePost(path: readonly string[], body: unknown): unknown {
  const given = body as Body
  if (path[0] === 'parked') return replayAnswer(path, given)
  return path[0] === 'projections' ? { done: true, detail: `${path[1]} v${path[2]}: ${path[3]} is done.` } : undefined
}
