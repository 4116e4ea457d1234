import type { Clock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { assertKeyOf } from '../parts.ts'
import type { ProjectionRef } from '../projection-ref.ts'
import type { HandoverGate } from '../switch-gate.ts'
import { createWatchLoop } from './watch-loop.ts'
import type { WatchedView } from './watched-view.ts'

/** Options of `views.watch`. */
export type WatchOptions = { readonly signal?: AbortSignal }

/** Creates the function behind `views.watch`. Everything that is watched shares one loop. */
export function createWatch(port: StoragePort, clock: Clock, gate: HandoverGate) {
  const { join } = createWatchLoop(port, clock, gate)

  return <V>(
    projection: ProjectionRef<V>,
    key: string,
    { signal }: WatchOptions = {},
  ): AsyncIterable<WatchedView<V>> => {
    assertKeyOf(projection, key)
    return { [Symbol.asyncIterator]: () => watcher(projection, key, signal) }
  }

  function watcher<V>(
    projection: ProjectionRef<V>,
    key: string,
    signal: AbortSignal | undefined,
  ): AsyncIterator<WatchedView<V>> {
    // Several calls of `next` may wait at once.
    let waiting: (() => void)[] = []
    const wake = () => {
      const woken = waiting
      waiting = []
      for (const resolve of woken) resolve()
    }
    const { topic, leave } = join(projection, key, wake)
    let seen: string | undefined
    let isOver = false
    const end = () => {
      isOver = true
      signal?.removeEventListener('abort', wake)
      leave()
      wake()
    }
    signal?.addEventListener('abort', wake)

    /** The next result, or undefined if there is nothing new yet. */
    function found(): IteratorResult<WatchedView<V>> | undefined {
      if (isOver) return { done: true, value: undefined }
      signal?.throwIfAborted()
      if (topic.failure) throw topic.failure.error
      if (topic.current === undefined || topic.current.digest === seen) return undefined
      seen = topic.current.digest
      return { done: false, value: topic.current as WatchedView<V> }
    }

    return {
      async next() {
        try {
          for (;;) {
            const result = found()
            if (result) return result
            await new Promise<void>((resolve) => waiting.push(resolve))
          }
        } catch (error) {
          end()
          throw error
        }
      },
      async return() {
        end()
        return { done: true, value: undefined }
      },
    }
  }
}
