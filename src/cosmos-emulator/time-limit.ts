import vm from 'node:vm'
import { CosmosError } from './engine/types.ts'

/** The longest that a stored procedure or a page of a query may take, in milliseconds. */
export const TIME_LIMIT_MS = 5_000

const realm: { run?: () => void } = vm.createContext({})
const RUN = new vm.Script('run()')

/**
 * Runs something synchronous, and stops it when it takes too long. What is stopped ends where it is: no `finally` of it
 * runs, so it must not leave anything half done that outlives it.
 *
 * @throws CosmosError 408 past the limit; whatever `run` throws
 * @see https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-request-limits
 */
export function withinTime<Result>(milliseconds: number, run: () => Result): Result {
  let outcome: (() => Result) | undefined
  realm.run = () => {
    outcome = attempt(run)
  }
  try {
    // Only a script has a timeout. This one calls back, so that a single timer covers all that is called in turn.
    RUN.runInContext(realm, { timeout: Math.max(1, Math.ceil(milliseconds)) })
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw timedOut()
    throw error
  }
  if (outcome === undefined) throw timedOut()
  return outcome()
}

function attempt<Result>(run: () => Result): () => Result {
  try {
    const result = run()
    return () => result
  } catch (error) {
    return () => {
      throw error
    }
  }
}

const timedOut = (): CosmosError =>
  new CosmosError(
    408,
    'RequestTimeout',
    `Message: ${JSON.stringify({ Errors: ['The requested operation exceeded maximum alloted time.'] })}`,
  )
