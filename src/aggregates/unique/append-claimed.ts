import { EventIdReused, StreamDeleted, WrongExpectedVersion } from '../../core/errors/append.ts'
import { AppendTooLarge, InvalidEvent, NotJson } from '../../core/errors/input.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import { type Claim, slotAt } from '../../uniqueness/claim.ts'
import { claimsToRelease, releaseClaims } from '../../uniqueness/release-claims.ts'
import { type TakenClaim, takeClaim } from '../../uniqueness/take-claim.ts'
import { changeOf, type UniqueValue, type ValueChange } from '../../uniqueness/unique-values.ts'
import { Conflict } from '../commands/append-or-conflict.ts'
import type { Context } from '../state/context.ts'

/** The version of a stream at which an append is made, and the states before and after it. */
export type StateChange<S> = {
  readonly streamId: string
  readonly version: number
  readonly before: S
  readonly after: S
}

/** Whether an append changes which unique values an aggregate has. */
export function changesUniqueValues<S, E extends EventTypes>(context: Context<S, E>, before: S, after: S): boolean {
  const { gained, lost } = valueChange(context, { before, after })
  return gained.length + lost.length > 0
}

/**
 * Appends at exactly the version of the change, with a claim for each unique value that the aggregate gains; gives the
 * claims of values that it lost back afterwards. An aggregate without unique values is only appended to.
 *
 * @param append appends the events; nothing else may be appended at the version by it
 * @throws ValueTaken, UniqueIndexStale, and what `append` throws
 */
export async function appendClaimed<S, E extends EventTypes>(
  context: Context<S, E>,
  change: StateChange<S>,
  append: () => Promise<AppendResult | Conflict>,
): Promise<AppendResult | Conflict> {
  const { claims } = context
  const { gained, lost } = valueChange(context, change)
  if (claims === undefined || gained.length + lost.length === 0) return append()
  const { viewStore } = claims.storage
  const slot = slotAt(change.streamId, change.version + 1)
  const given = await claimsToRelease(viewStore, slot.owner, await claims.keysOf(lost))
  const taken: TakenClaim[] = []
  // An earlier claim of the same owner may be that of another process, whose append succeeded.
  const withdraw = () =>
    releaseClaims(
      viewStore,
      taken.filter(({ isNew }) => isNew),
    )
  let isAppending = false
  try {
    for (const [value, key] of inOrder(gained, await claims.keysOf(gained))) {
      const claim: TakenClaim | Claim = await takeClaim(claims, slot, value, key)
      if ('etag' in claim) {
        taken.push(claim)
        continue
      }
      await withdraw()
      return new Conflict(new WrongExpectedVersion(change.streamId, change.version, claim.at - 1))
    }
    isAppending = true
    const appended = await append()
    if (appended instanceof Conflict) await withdraw()
    else if (!appended.duplicate) await releaseClaims(viewStore, given)
    return appended
  } catch (error) {
    if (!isAppending || REFUSALS.some((kind) => error instanceof kind)) await withdraw()
    throw error
  }
}

// After these it is certain that the append has written nothing, and never will.
const REFUSALS = [StreamDeleted, EventIdReused, AppendTooLarge, InvalidEvent, NotJson]

function valueChange<S, E extends EventTypes>(
  { claims }: Context<S, E>,
  { before, after }: Pick<StateChange<S>, 'before' | 'after'>,
): ValueChange {
  return claims === undefined || before === after
    ? NO_CHANGE
    : changeOf(claims.valuesOf(before), claims.valuesOf(after))
}

const NO_CHANGE: ValueChange = { gained: [], lost: [] }

/** Values with their keys, in an order that all claimants share: no two wait for each other. */
const inOrder = (values: readonly UniqueValue[], keys: readonly string[]): readonly [UniqueValue, string][] =>
  values
    .map((value, i): [UniqueValue, string] => [value, keys[i] as string])
    .toSorted(([, a], [, b]) => (a < b ? -1 : 1))
