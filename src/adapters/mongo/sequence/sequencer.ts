import type { ClientSession, Timestamp } from 'mongodb'
import { type Clock, systemClock } from '../../../core/clock.ts'
import { StorageNotSetUp } from '../../../core/errors/storage.ts'
import { deadlineIn } from '../client/deadline.ts'
import { retryDelay } from '../client/retry-delay.ts'
import type { Attempt } from '../client/run.ts'
import type { PlannedAppend, StoredSlot } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { assignLsns } from './assign-lsns.ts'
import { readPending } from './pending.ts'
import { applyPlan } from './write-lsns.ts'

/** How far the order of a slot reaches. */
export type Sequenced = {
  /** All events up to this LSN have theirs. */
  readonly head: number
  /** Whether more were pending. */
  readonly more: boolean
}

/** What it needs of an opened database. */
export type SequencerHandle = Pick<Handle, 'collections' | 'during'>

type Kept = { readonly lsn: number; readonly at: Timestamp | undefined }

// Milliseconds that another process has to execute its plan before this one does it instead.
const COURTESY = 20

// The time limit of removing a plan, in milliseconds; nothing depends on it.
const STRIKE = 2000

const TRIES = 10

/**
 * Assigns LSNs, when the feed is read, to events appended since. It uses no transaction, because a killed process would
 * leave it open and the slot locked: the LSNs are announced as a plan in the slot's own document, in one step with its
 * counter, and then written into the events. A reader that finds a plan executes it before it reads further, so a plan
 * of a dead process blocks no reader; if two announce at once, the counter lets one through.
 */
export class Sequencer {
  readonly #handle: SequencerHandle
  readonly #timing: Clock
  /** The LSN up to which the plans of a slot are known to be executed, and since when. */
  readonly #kept = new Map<number, Kept>()

  /** @param timing the clock to wait with */
  constructor(handle: SequencerHandle, timing: Clock = systemClock) {
    this.#handle = handle
    this.#timing = timing
  }

  /**
   * Assigns the next LSNs of a slot. It can be called again if it is unknown how far it came.
   *
   * @param enough the LSN that is enough for now: nothing is assigned if the slot has reached it
   */
  async advance(attempt: Attempt, slot: number, enough: number = Number.POSITIVE_INFINITY): Promise<Sequenced> {
    for (let tries = 0; ; tries++) {
      const found = await this.#slotAsKept(attempt, slot)
      if (found.counter >= enough) return { head: found.counter, more: true }
      const pending = await readPending(this.#handle, attempt, slot)
      if (pending?.events.length === 0) return { head: found.counter, more: false }
      if (pending) {
        const plan = assignLsns(found, pending.events, pending.isCut)
        if (await this.#promise(attempt, found, plan)) {
          await this.#keep(attempt, slot, plan)
          return { head: (plan.at(-1) as PlannedAppend).lsn, more: pending.isCut }
        }
      }
      if (tries === TRIES) return { head: found.counter, more: true }
      await this.#timing.sleep(retryDelay(0))
    }
  }

  /**
   * How far the order of a slot reaches, if this process has seen it reach that far: assigned LSNs are final.
   *
   * @param enough the requested LSN
   * @returns undefined if `advance` must ask the database
   */
  known({ session }: Attempt, slot: number, enough: number): Sequenced | undefined {
    const kept = this.#kept.get(slot)
    if (kept === undefined || kept.lsn < enough) return undefined
    this.#seeAt(session, kept)
    return { head: kept.lsn, more: true }
  }

  // The slot, once all LSNs up to its counter are written.
  async #slotAsKept(attempt: Attempt, slot: number): Promise<StoredSlot> {
    let found = await this.#read(attempt, slot)
    if (this.#isKept(attempt, found)) return found
    await this.#timing.sleep(COURTESY)
    found = await this.#read(attempt, slot)
    if (found.plan && !this.#isKept(attempt, found)) await this.#keep(attempt, slot, found.plan)
    return found
  }

  async #read({ session }: Attempt, slot: number): Promise<StoredSlot> {
    const found = await this.#handle.collections.slots.findOne({ _id: slot }, { session })
    if (found === null) throw new StorageNotSetUp(`Slot ${slot} of the change feed is missing`)
    return found
  }

  #isKept({ session }: Attempt, { _id, counter, plan }: StoredSlot): boolean {
    if (plan === undefined) {
      this.#remember(session, _id, counter)
      return true
    }
    const kept = this.#kept.get(_id)
    if (kept === undefined || kept.lsn < counter) return false
    this.#seeAt(session, kept)
    return true
  }

  #remember({ operationTime }: ClientSession, slot: number, lsn: number): void {
    const kept = this.#kept.get(slot)?.lsn ?? 0
    if (lsn > kept) this.#kept.set(slot, { lsn, at: operationTime })
  }

  // The current primary must show the events as they are since then.
  #seeAt(session: ClientSession, { at }: Kept): void {
    if (at) session.advanceOperationTime(at)
  }

  // The counter is still the one that was read, unless another process was first; an executed plan is replaced.
  async #promise({ session }: Attempt, { _id, counter }: StoredSlot, plan: readonly PlannedAppend[]): Promise<boolean> {
    const { lsn, latest } = plan.at(-1) as PlannedAppend
    const update = { $set: { counter: lsn, latest, plan } }
    const { matchedCount } = await this.#handle.collections.slots.updateOne({ _id, counter }, update, { session })
    return matchedCount === 1
  }

  async #keep(attempt: Attempt, slot: number, plan: readonly PlannedAppend[]): Promise<void> {
    await applyPlan(this.#handle, attempt, slot, plan)
    const { lsn } = plan.at(-1) as PlannedAppend
    this.#remember(attempt.session, slot, lsn)
    const { slots } = this.#handle.collections
    // Not awaited: as long as the plan is there, a process that finds it executes it once more, without effect.
    const struck = slots.updateOne({ _id: slot, counter: lsn }, { $unset: { plan: '' } })
    this.#handle.during(deadlineIn(STRIKE).bound(struck)).catch(() => {})
  }
}
