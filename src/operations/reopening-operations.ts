import { notify } from '../core/async/callbacks.ts'
import { systemClock } from '../core/clock.ts'
import type { StoragePort } from '../core/port/storage.ts'
import type { Storage } from '../views/with-views.ts'
import { createEvaluator, type EvaluatorOptions } from './alerts/evaluator.ts'
import type { Operations } from './model/operations.ts'
import type { Evaluator } from './model/parts.ts'
import { type OperationsOptions, openOperations } from './open-operations.ts'
import type { Sampler } from './sampler/sampler.ts'
import { startSampler } from './sampler/start-sampler.ts'
import { createChangeNotifier } from './store/notify-changes.ts'

/** How operations that open their storage again are opened. */
export type ReopeningOptions = Omit<OperationsOptions, 'store' | 'left' | 'sampler' | 'evaluator'> & {
  /** The storage that is watched. */
  readonly storage: StoragePort
  /** What `storage` is called: what its URL begins with, without address and secrets. */
  readonly kind: string
  /** Milliseconds between two snapshots; by default 1,000, for MongoDB 2,000, and for Azure Cosmos DB 10,000. */
  readonly every?: number
  /** The id under which this process reports itself, if it does: its request units are what watching costs. */
  readonly own?: string
  /** By default it watches `storage`. It is closed with the operations. */
  readonly sampler?: Sampler
  /** By default the rules of this release. */
  readonly evaluator?: Evaluator
  /** How rules are judged, without an evaluator. */
  readonly judging?: Pick<EvaluatorOptions, 'thresholds' | 'unownedAfter'>
  /** Opens the storage of operations, which is closed with them. */
  openStore(): Promise<Storage>
  /** Called when it was opened again; by default the process emits a warning. */
  readonly onReopened?: (text: string) => void
}

// For so many milliseconds the files may be missing while a person puts others in their place.
const MISSING_FOR = 30_000

/**
 * Watches a storage, and opens that of operations again if its files were moved, removed or replaced. Rules are
 * evaluated all the time; alerts that are open then are open in the new storage, too.
 *
 * @throws what `openStore` throws
 */
export async function openReopeningOperations(options: ReopeningOptions): Promise<Operations> {
  const { openStore, clock = systemClock, onError, onReopened = warn } = options
  let store = await openStore()
  const sampler = options.sampler ?? startSampler({ ...options, clock })
  const evaluator = options.evaluator ?? createEvaluator({ ...options.judging, every: sampler.every })
  const shared = { ...options, clock, sampler: { ...sampler, close: async () => {} }, evaluator }
  const { changed, subscribe } = createChangeNotifier()
  let current = await openOperations({ ...shared, store })
  let movedSince: number | undefined
  let reopening: Promise<void> | undefined

  function follow(): void {
    current.subscribe((changes) => {
      changed(...changes)
      if (current.ops().error?.code !== 'StorageMoved') movedSince = undefined
      else movedSince ??= clock.now()
      if (movedSince === undefined || Math.abs(clock.now() - movedSince) < MISSING_FOR) return
      reopening ??= reopen()
        .catch((error) => notify(onError, error))
        .finally(() => {
          reopening = undefined
          movedSince = undefined
        })
    })
  }

  async function reopen(): Promise<void> {
    const [before, storeBefore] = [current, store]
    store = await openStore()
    const left = before.leave()
    const closing = before.close()
    // This process knows its numbers better than what it once stored.
    const load = () => {}
    const kept = { history: { ...sampler.history, load }, evaluator: { ...evaluator, load } }
    current = await openOperations({
      ...shared,
      store,
      left,
      sampler: { ...shared.sampler, history: kept.history },
      evaluator: kept.evaluator,
    })
    follow()
    changed('alerts', 'incidents', 'silences', 'activity')
    const isSame = store.incarnation === storeBefore.incarnation
    const rest = isSame ? '' : ', and it is another one, which lacks what the one before held'
    notify(onReopened, `The storage of alerts and incidents was opened again${rest}`)
    await closing
    await storeBefore.close()
  }

  let closed: Promise<void> | undefined
  async function close(): Promise<void> {
    await sampler.close()
    await reopening
    await current.close()
    await store.close()
  }

  follow()
  const own = { subscribe, close: () => (closed ??= close()) }
  return { ...passedOn(current, () => current), ...own, [Symbol.asyncDispose]: own.close }
}

/** Functions that call those of the current operations; other members are the same in all. */
function passedOn(first: Operations, current: () => Operations): Operations {
  const members = Object.entries(first).map(([name, member]) => {
    if (typeof member !== 'function') return [name, member]
    return [name, (...given: unknown[]) => Reflect.apply(Reflect.get(current(), name), undefined, given)]
  })
  return Object.fromEntries(members) as Operations
}

const warn = (text: string): void => process.emitWarning(text, 'TidemarkWarning')
