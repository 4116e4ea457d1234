import { withDeadline } from '../../core/async/deadline.ts'
import { limiter } from '../../core/async/limiter.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import { FoldingBusy, FoldingTimedOut } from '../../core/errors/dashboard.ts'
import { StorageClosed } from '../../core/errors/storage.ts'
import type { Folding, ReplayResult, StateResult } from '../server/folding.ts'
import type { Calling, FoldingData } from './messages.ts'
import { type FoldingThread, startThread } from './start-thread.ts'
import { whileAlive } from './while-alive.ts'

export type FoldingOptions = Omit<FoldingData, 'projections' | 'aggregates'> & {
  /** A folder of projections and reactions, one file each; undefined: none. */
  readonly projections?: string | undefined
  /** A file or folder whose modules export aggregates; undefined: none. */
  readonly aggregates?: string | undefined
  /** How many megabytes the code may use; default 512. */
  readonly megabytes?: number
  readonly clock?: Pick<Clock, 'sleep'>
}

// Milliseconds: for opening the storage and loading the code; for a call; without a sign of life from a replay, which is
// given one by each turn of the event loop; and for all of it. A replay that is ended has saved what it folded.
const LIMITS = { start: 30_000, call: 5_000, silence: 5_000, replay: 60_000 }

const MOST_WAITING = 32

const NAMES = { replay: 'The replay', dropOne: 'The replay', stateAt: 'Folding the stream' } as const

/** Creates the thread that runs the user's code. It is started by the first call, and again after it was ended. */
export function createFolding({
  clock = systemClock,
  megabytes = 512,
  projections,
  aggregates,
  ...others
}: FoldingOptions): Folding {
  const data: FoldingData = { ...others, projections, aggregates }
  const isEmpty = projections === undefined && aggregates === undefined
  const oneByOne = limiter(1)
  let waiting = 0
  let isClosed = false
  let current: FoldingThread | undefined

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (waiting >= MOST_WAITING) throw new FoldingBusy(waiting)
    waiting++
    try {
      return await oneByOne(work)
    } finally {
      waiting--
    }
  }

  async function started(): Promise<FoldingThread> {
    if (isClosed) throw new StorageClosed()
    if (current === undefined || current.isGone()) current = startThread(data, megabytes)
    const thread = current
    await orEnd(
      thread,
      withDeadline(clock, LIMITS.start, thread.loaded, () => late('Loading the code', LIMITS.start)),
    )
    return thread
  }

  /** Ends a thread that fails in a way that leaves it unusable. */
  async function orEnd<T>(thread: FoldingThread, work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      await thread.end()
      throw error
    }
  }

  function call(calling: Calling, limit: number): Promise<unknown> {
    return inTurn(async () => {
      const thread = await started()
      const answer = thread.call(calling)
      answer.catch(() => {})
      const hung = () => late('A handler', LIMITS.silence)
      const watched = limit > LIMITS.silence ? whileAlive(clock, answer, thread.signs, LIMITS.silence, hung) : answer
      try {
        return await withDeadline(clock, limit, watched, () => late(NAMES[calling.call], limit))
      } catch (error) {
        if (error instanceof FoldingTimedOut) await thread.end()
        throw error
      }
    })
  }

  const replayed = (calling: Calling, limit: number) => call(calling, limit) as Promise<ReplayResult>

  return {
    loaded: async () => (isEmpty ? [] : inTurn(async () => (await started()).loaded)),
    replay: (...args) => replayed({ call: 'replay', args }, args[1].dryRun ? LIMITS.call : LIMITS.replay),
    dropOne: (...args) => replayed({ call: 'dropOne', args }, LIMITS.replay),
    stateAt: (...args) => call({ call: 'stateAt', args }, LIMITS.call) as Promise<StateResult>,
    async [Symbol.asyncDispose]() {
      isClosed = true
      await current?.end()
    },
  }
}

const late = (what: string, limit: number) => new FoldingTimedOut(what, limit)
