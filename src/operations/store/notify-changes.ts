import { notify } from '../../core/async/callbacks.ts'
import type { OperationsChange } from '../model/operations.ts'

type Listener = (changes: ReadonlySet<OperationsChange>) => void

/** Tells listeners what changed, all changes of one turn of the event loop together. */
export function createChangeNotifier() {
  const listeners = new Set<Listener>()
  let pending = new Set<OperationsChange>()

  function tell(): void {
    const changes = pending
    pending = new Set()
    for (const listener of listeners) notify(listener, changes)
  }

  return {
    changed(...changes: readonly OperationsChange[]): void {
      if (pending.size === 0 && changes.length > 0) setImmediate(tell)
      for (const change of changes) pending.add(change)
    },
    /** The returned function ends it. */
    subscribe(listener: Listener): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
