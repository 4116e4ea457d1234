import { replayAnswer } from './fake-parked.ts'
import { stateAnswer } from './fake-streams.ts'

type Body = {
  readonly dryRun?: boolean
  readonly all?: boolean
  readonly projection?: string
  readonly at?: number
}

/** What an operator is answered who acts on the store; undefined if it is none of these acts. */
export function storePost(path: readonly string[], body: unknown): unknown {
  const given = body as Body
  if (path[0] === 'step') return stateAnswer(given.projection ?? '', given.at ?? 1)
  if (path[0] === 'parked') return replayAnswer(path, given)
  return path[0] === 'projections' ? { done: true, detail: `${path[1]} v${path[2]}: ${path[3]} is done.` } : undefined
}
