import { settled } from '../../core/async/settled.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import { categoryOf } from '../../core/telemetry/trace-append.ts'
import { Conflict, conflictDelay } from '../commands/append-or-conflict.ts'
import { type Executed, toAppended } from '../commands/command-result.ts'
import { unchanged } from '../commands/decide.ts'
import { isExact } from '../commands/expectation.ts'
import type { Context } from '../state/context.ts'
import type { Loaded } from '../state/load.ts'
import { appendTogether } from './append-together.ts'
import { decideTogether, type Verdict } from './decide-together.ts'
import type { WaitingCommand } from './pending-command.ts'

/** The result of commands that were executed together. */
export type Round<S, E extends EventTypes> = {
  /** Those that were not settled, in their order. */
  readonly left: readonly WaitingCommand<S, E>[]
  /** The current stream, if it is known. */
  readonly after?: Loaded<S>
}

/**
 * Executes commands on one stream with one append, each on the state that the previous one leaves.
 *
 * @param isFresh whether the stream was loaded after all of them arrived; otherwise it is as the last append left it,
 *   and only another append at its version proves that it is unchanged
 * @param alone executes a single command
 */
export async function executeTogether<S, E extends EventTypes>(
  context: Context<S, E>,
  loaded: Loaded<S>,
  isFresh: boolean,
  waiting: readonly WaitingCommand<S, E>[],
  alone: (one: WaitingCommand<S, E>) => Promise<void>,
): Promise<Round<S, E>> {
  const plan = await decideTogether(
    context,
    loaded,
    waiting.map(({ item }) => item),
  )
  const decided = waiting.slice(0, plan.verdicts.length)
  const left = waiting.slice(plan.verdicts.length)
  const [next, ...rest] = left
  if (next && plan.isNextAlone && decided.length === 0) {
    await alone(next)
    return { left: rest }
  }
  if (plan.documents.length === 0) {
    if (!isFresh) return { left: waiting }
    await answer(context, loaded, plan.verdicts, decided, undefined)
    return { left, after: loaded }
  }
  try {
    const outcome = await appendTogether(context, loaded, plan)
    if (outcome instanceof Conflict) return { left: [...(await again(context, outcome, isFresh, decided)), ...left] }
    if (outcome === 'refused') {
      for (const one of decided) await alone(one)
      return { left }
    }
    await answer(context, loaded, plan.verdicts, decided, outcome)
    return { left, after: outcome.after }
  } catch (error) {
    for (const one of decided) one.reject(error)
    return { left }
  }
}

/** The commands to decide again after a conflict; the others fail with it. */
async function again<S, E extends EventTypes>(
  { telemetry, aggregate, retries, clock, random }: Context<S, E>,
  { error }: Conflict,
  isFresh: boolean,
  waiting: readonly WaitingCommand<S, E>[],
): Promise<readonly WaitingCommand<S, E>[]> {
  telemetry.count('tidemark.append.conflicts', 1, categoryOf(aggregate.category))
  // It was to be expected that the stream had changed, because it was not loaded.
  if (!isFresh) return waiting
  const left = waiting.filter(({ item }) => item.retries < retries || isExact(item.options))
  for (const one of waiting) if (!left.includes(one)) one.reject(error)
  telemetry.count('tidemark.append.retries', left.length, categoryOf(aggregate.category))
  const most = Math.max(0, ...left.map(({ item }) => item.retries++))
  if (left.length > 0) await clock.sleep(conflictDelay(most, random))
  return left
}

type Appended<S> = { readonly appended: AppendResult; readonly after: Loaded<S> }

/** Settles the waiting callers with the results of their commands. */
async function answer<S, E extends EventTypes>(
  context: Context<S, E>,
  loaded: Loaded<S>,
  verdicts: readonly Verdict<S, E>[],
  waiting: readonly WaitingCommand<S, E>[],
  outcome: Appended<S> | undefined,
): Promise<void> {
  const onGround = verdicts.some(({ kind, depends }) => kind === 'unchanged' && !depends)
  const before = onGround ? await settled(unchanged(context, loaded)) : undefined
  for (const [i, verdict] of verdicts.entries()) {
    const one = waiting[i] as WaitingCommand<S, E>
    if (verdict.kind === 'failed') one.reject(verdict.error)
    else if (verdict.depends || verdict.kind === 'decided')
      one.resolve(resultOf(loaded, verdict, outcome as Appended<S>))
    else if (before?.status === 'fulfilled') one.resolve(before.value)
    else one.reject(before?.reason)
  }
}

function resultOf<S, E extends EventTypes>(
  { streamId }: Loaded<S>,
  verdict: Exclude<Verdict<S, E>, { readonly kind: 'failed' }>,
  { appended: { position }, after }: Appended<S>,
): Executed<S, E> {
  const common = { streamId, version: verdict.version, position, duplicate: false }
  if (verdict.kind === 'unchanged') return { ...common, state: verdict.state, events: [] }
  const { preview } = verdict.decision
  const state = preview.isGuess ? after.state : preview.state
  return { ...common, state, events: preview.events.map(toAppended) }
}
