import { uuidOf } from '../../core/append/uuid.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import { HandlerEnded, TimerTooLarge, UnknownTimer } from '../../core/errors/timer.ts'
import { copyJson, type JsonObject } from '../../core/json/json.ts'
import type { FoldedEvent } from '../../projections/projection.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import type { ProcessContext, TimerKey } from '../../reactions/timers.ts'
import { cancelTimer } from '../../timers/cancel-timer.ts'
import type { TimerLog } from '../../timers/change-timer.ts'
import { scheduleTimer } from '../../timers/schedule-timer.ts'
import { assertTimerKey } from '../../timers/timer.ts'
import type { TimerOrigin } from '../../timers/timer-events.ts'

/** One call of a handler. */
export type ProcessCall = {
  readonly event: FoldedEvent
  readonly idempotencyKey: string
  /** Aborted when the attempt is given up. */
  readonly signal: AbortSignal
}

/** What a call can do, and its end. */
export type ProcessCalls = {
  readonly context: ProcessContext<string>
  /**
   * Resolves when everything that the handler asked for is stored, whether it awaited that or not; nothing more can be
   * asked for then. @throws the first failure, even if the handler caught it: the attempt has failed
   */
  end(): Promise<void>
}

const MOST_BYTES = 16 * 1024
const DUE = 'a number of milliseconds from 0, or a Date in the years 0 to 9999'

/** Creates what one call of a handler can ask of time. Every id is derived from the event, so that a repeat has the same. */
export function processCallsOf(
  storage: TimerLog,
  reaction: Reaction,
  { event, idempotencyKey, signal }: ProcessCall,
): ProcessCalls {
  const { name, react } = reaction
  const { streamId, version, metadata } = event
  const { eventId, correlationId, recordedAt } = metadata
  const commands = new Set<string>()
  const changes = new Map<string, number>()
  let hasEnded = false
  // One change after the other, in the order in which the handler asked for them.
  let last: Promise<void> = Promise.resolve()
  let failure: { readonly error: unknown } | undefined

  function assertRunning(): void {
    if (hasEnded || signal.aborted) throw new HandlerEnded(name, { cause: signal.reason })
  }

  function assertTimer({ timer, key }: TimerKey<string>): void {
    if (!react.timers.has(timer)) throw new UnknownTimer(name, String(timer))
    assertTimerKey(key)
  }

  /** The same change of the same timer has the same id in each attempt. */
  function originOf(kind: 'after' | 'cancel', { timer, key }: TimerKey<string>): TimerOrigin {
    const change = JSON.stringify([kind, timer, key])
    const count = changes.get(change) ?? 0
    changes.set(change, count + 1)
    return {
      eventId: uuidOf('timer', idempotencyKey, change, String(count)),
      cause: { streamId, version },
      metadata: { causationId: eventId, ...(correlationId !== undefined && { correlationId }) },
    }
  }

  /**
   * Does what a handler asks for, one after the other. A failure is thrown by `end`, too, because a handler need not wait
   * for the promise.
   *
   * @param prepare checks what was asked for
   */
  function asked<T>(prepare: () => () => Promise<T>): Promise<T> {
    const done = attempt(prepare)
    last = done.then(
      () => undefined,
      (error) => {
        failure ??= { error }
      },
    )
    return done
  }

  async function attempt<T>(prepare: () => () => Promise<T>): Promise<T> {
    assertRunning()
    const work = prepare()
    await last
    return work()
  }

  return {
    context: {
      after: (due, { timer, key, data = {} }) =>
        asked(() => {
          assertTimer({ timer, key })
          const pending = {
            reaction: name,
            timer,
            key,
            at: timeOf(due, Date.parse(recordedAt)),
            data: dataOf(timer, data),
          }
          const origin = originOf('after', pending)
          return () => scheduleTimer(storage, pending, origin)
        }),
      cancel: ({ timer, key }) =>
        asked(() => {
          assertTimer({ timer, key })
          const origin = originOf('cancel', { timer, key })
          return () => cancelTimer(storage, { reaction: name, timer, key }, origin)
        }),
      commandId(command) {
        assertRunning()
        if (typeof command !== 'string' || command === '' || commands.has(command)) {
          // It may name a person.
          const given = typeof command === 'string' ? `a text of ${command.length} characters` : typeof command
          throw new InvalidOption('name', 'a text that no other command of this call of the handler has', given)
        }
        commands.add(command)
        return uuidOf('command', idempotencyKey, command)
      },
    },
    async end() {
      hasEnded = true
      await last
      if (failure) throw failure.error
    },
  }
}

function timeOf(due: number | Date, recorded: number): string {
  const isDuration = typeof due === 'number' && due >= 0
  const time = isDuration ? recorded + Math.ceil(due) : due instanceof Date ? due.getTime() : Number.NaN
  const text = Number.isNaN(new Date(time).getTime()) ? '' : new Date(time).toISOString()
  // Times are compared as text.
  if (text.length !== 24) throw new InvalidOption('due', DUE, due)
  return text
}

function dataOf(timer: string, data: JsonObject): JsonObject {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new InvalidOption('data', 'a JSON object', typeof data)
  const copy = copyJson(data, 'data') as JsonObject
  const bytes = Buffer.byteLength(JSON.stringify(copy))
  if (bytes > MOST_BYTES) throw new TimerTooLarge(timer, bytes, MOST_BYTES)
  return copy
}
