import { backoffDelay } from '../../core/async/backoff.ts'
import { ignoreRejection } from '../../core/async/callbacks.ts'
import type { Clock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { ProjectionRef } from '../projection-ref.ts'
import type { HandoverGate } from '../switch-gate.ts'
import { createWatchedProjections } from './watched-projections.ts'
import { createTopic, type WatchedTopic } from './watched-view.ts'

/** The shortest interval between two rounds, in milliseconds: changes that follow one another are read together. */
const INTERVAL = 100

/** Delays between rounds while the storage fails, in milliseconds. */
const BACKOFF = { first: 100, most: 5_000 }

/** One loop for everything that is watched in a storage; it runs only while something is. */
export type WatchLoop = {
  /**
   * Starts to watch a view.
   *
   * @param onChange called when the view has changed or can no longer be watched
   */
  join(
    projection: ProjectionRef,
    key: string,
    onChange: () => void,
  ): { readonly topic: WatchedTopic; readonly leave: () => void }
}

/** Creates the loop of one storage. */
export function createWatchLoop(port: StoragePort, clock: Clock, gate: HandoverGate): WatchLoop {
  const projections = createWatchedProjections(port, clock, gate)
  let running: AbortController | undefined
  // Ends a wait early: a view was added that has not been read yet, or nothing is watched any more.
  let wake = () => {}

  async function run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const rest = new AbortController()
      wake = () => rest.abort()
      // Not combined with the loop's own signal: Node 22 would keep a part of each combination as long as that lives.
      const stop = rest.signal
      // Started before anything is read; otherwise a change between reading and waiting would be missed.
      const changed = port.viewStore.changed(stop)
      ignoreRejection(changed)
      const { failed, wait } = await projections.round(signal)
      failures = failed ? failures + 1 : 0
      if (failed) await clock.sleep(backoffDelay(failures, BACKOFF, Math.random), stop)
      else {
        // If waiting fails, the next round fails for the same reason.
        await Promise.race([changed.catch(() => {}), clock.sleep(wait, stop)])
        await clock.sleep(INTERVAL, stop)
      }
      rest.abort()
    }
  }

  return {
    join(projection, key, onChange) {
      const topic = projections.find(projection, key) ?? projections.add(projection, key, createTopic())
      const unsubscribe = topic.subscribe(onChange)
      if (running === undefined) {
        running = new AbortController()
        void run(running.signal)
      } else if (topic.current === undefined) wake()
      return {
        topic,
        leave() {
          unsubscribe()
          if (topic.watchers === 0) projections.remove(projection, key, topic)
          if (projections.size > 0) return
          running?.abort()
          running = undefined
          wake()
        },
      }
    },
  }
}
