import type { PeriodClosing, PeriodOpened } from '../../../../src/aggregates/periods/period-events.ts'
import type { NewEventDocument } from '../../../../src/core/port/event-document.ts'
import { PERIOD_CLOSED, PERIOD_OPENED } from '../../../../src/core/port/event-document.ts'
import { slotAt } from '../../../../src/uniqueness/claim.ts'
import type { Customer } from './customers.ts'

/**
 * A plain fold of everything that was appended, in the order in which it was. How a period begins counts from the entry
 * that decides it.
 */
export type CommitRecord = {
  appended(streamId: string, events: readonly NewEventDocument[]): void
  deleted(streamId: string): void
  /** The values that someone has, with the owner of each. */
  readonly holders: ReadonlyMap<string, string>
  /** What must never happen: a value with a second owner. */
  readonly violations: readonly string[]
  /** How often an unfinished claim was ended. */
  readonly lapses: number
}

const NOBODY: Customer = { email: null, phones: [] }

/** Creates a record that is told of every append when it takes effect. */
export function createCommitRecord(): CommitRecord {
  const owners = new Map<string, Customer>()
  const holders = new Map<string, string>()
  const violations: string[] = []
  const record = { lapses: 0 }

  function hold(owner: string, state: Customer): void {
    owners.set(owner, state)
    for (const [value, holder] of holders) if (holder === owner) holders.delete(value)
    const category = owner.split(':')[0]
    for (const one of [...(state.email ? [state.email] : []), ...state.phones]) {
      const value = `${category} ${one}`
      const other = holders.get(value)
      if (other !== undefined) violations.push(`${value} belongs to ${other} and to ${owner}`)
      holders.set(value, owner)
    }
  }

  return {
    holders,
    violations,
    get lapses() {
      return record.lapses
    },
    appended(streamId, events) {
      const { owner } = slotAt(streamId, 1)
      let state = owners.get(owner) ?? NOBODY
      for (const event of events) {
        if (event.eventType === '$claimLapsed') record.lapses++
        state = folded(state, event)
      }
      hold(owner, state)
    },
    deleted(streamId) {
      hold(slotAt(streamId, 1).owner, NOBODY)
    },
  }
}

function folded(state: Customer, { eventType, eventData }: NewEventDocument): Customer {
  const data = eventData as Partial<Customer>
  switch (eventType) {
    case 'Registered':
      return { email: data.email ?? null, phones: data.phones ?? [] }
    case 'EmailChanged':
      return { ...state, email: data.email ?? null }
    case 'PhonesChanged':
      return { ...state, phones: data.phones ?? [] }
    case PERIOD_OPENED:
      return ((eventData as unknown as PeriodOpened).opening ?? []).reduce(folded, state)
    case PERIOD_CLOSED:
      return folded(NOBODY, (eventData as unknown as PeriodClosing).opening)
    default:
      return state
  }
}
