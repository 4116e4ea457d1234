import { AssertionError, deepStrictEqual } from 'node:assert'
import type { Aggregate } from '../../aggregates/aggregate.ts'
import type { Command, Decided, Returned } from '../../aggregates/commands/command.ts'
import { decidedEvents } from '../../aggregates/commands/decided-events.ts'
import { foldDocuments } from '../../aggregates/state/fold.ts'
import { initialStates } from '../../aggregates/state/initial-state.ts'
import { InvalidDefinition } from '../../core/errors/input.ts'
import { encodeEvents } from '../../core/events/codec.ts'
import type { EventTypes, NewEvent } from '../../core/events/types.ts'
import { deepFreeze } from '../../core/json/deep-freeze.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import { asRecorded } from './recorded.ts'
import { arePersonal, everyoneForgotten, redactedDocuments } from './redacted.ts'

/** An error's code, such as `'PeriodClosed'`, or its class. */
// biome-ignore lint/suspicious/noExplicitAny: the constructors of errors have any parameters
export type ExpectedError = string | (abstract new (...parameters: any[]) => Error)

/** A command whose decision is to be compared. */
export type When<E extends EventTypes> = {
  /**
   * The command decides exactly these events, in this order, or none: types and data are compared, as they would be
   * stored. The aggregate must be able to fold them, and to fold all of them again with stand-ins once the people whose
   * data is in them are forgotten.
   *
   * @throws AssertionError, or what the command threw
   */
  then(...events: readonly NewEvent<E>[]): Promise<void>
  /** The command throws an error of this code or class. @throws AssertionError, or the other error that it threw */
  thenThrows(expected: ExpectedError): Promise<void>
}

/**
 * Tests a command without a storage: `await given(meter, registered).when((state) => activate(state)).then(activated)`.
 * The form is emmett's.
 *
 * @param events what has happened; data is validated as when it is appended
 */
export function given<S, E extends EventTypes>(
  aggregate: Aggregate<S, E>,
  ...events: readonly NewEvent<E>[]
): { when<const R extends Returned<E>>(command: (state: S) => Decided<R, E>): When<E> } {
  return {
    when: (command) => ({
      async then(...expected) {
        const reject = rejectOf(expected)
        if (reject) return reject(new InvalidDefinition('Call .then(…events) before you await what a command decides'))
        const history = await recorded(aggregate, events, 0)
        const decided = await decide(aggregate, history, command as Command<S, E>)
        const wanted = await recorded(aggregate, expected, history.length)
        await fold(aggregate, [...history, ...decided])
        await foldRedacted(aggregate, [...history, ...decided])
        deepStrictEqual(decided.map(typeAndData), wanted.map(typeAndData))
      },
      async thenThrows(expected) {
        const history = await recorded(aggregate, events, 0)
        let decided: readonly EventDocument[]
        try {
          decided = await decide(aggregate, history, command as Command<S, E>)
        } catch (error) {
          return assertError(error, expected)
        }
        throw new AssertionError({ message: 'The command threw nothing', actual: decided.map(typeAndData), expected })
      },
    }),
  }
}

const fold = <S, E extends EventTypes>(aggregate: Aggregate<S, E>, documents: readonly EventDocument[]) =>
  foldDocuments(aggregate, initialStates(aggregate.initial)(), documents)

async function foldRedacted<S, E extends EventTypes>(
  aggregate: Aggregate<S, E>,
  documents: readonly EventDocument[],
): Promise<void> {
  const { definitions } = aggregate.events
  if (!arePersonal(definitions)) return
  try {
    const redacted = redactedDocuments(documents, definitions)
    await foldDocuments(aggregate, initialStates(aggregate.initial)(), redacted, { vault: everyoneForgotten })
  } catch (cause) {
    const message = `Aggregate ${aggregate.category} cannot be loaded any more once a person is forgotten: ${cause}`
    throw new AssertionError({ message })
  }
}

async function decide<S, E extends EventTypes>(
  aggregate: Aggregate<S, E>,
  history: readonly EventDocument[],
  command: Command<S, E>,
): Promise<EventDocument[]> {
  const decided = command(deepFreeze(await fold(aggregate, history)))
  return recorded(aggregate, decidedEvents(decided), history.length)
}

async function recorded<S, E extends EventTypes>(
  { category, events: set }: Aggregate<S, E>,
  events: readonly NewEvent<E>[],
  after: number,
): Promise<EventDocument[]> {
  const documents = await encodeEvents(set, events)
  return documents.map((document, i) => asRecorded(`${category}:given`, after + 1 + i, document))
}

const typeAndData = ({ eventType, eventData }: EventDocument) => ({ type: eventType, data: eventData })

function assertError(error: unknown, expected: ExpectedError): void {
  const matches =
    typeof expected === 'string'
      ? error instanceof Error && 'code' in error && error.code === expected
      : error instanceof expected
  if (!matches) throw error
}

// `await` calls the method `then` of any object that has one, with two functions.
function rejectOf([, reject]: readonly unknown[]): ((error: Error) => void) | undefined {
  return typeof reject === 'function' ? (reject as (error: Error) => void) : undefined
}
