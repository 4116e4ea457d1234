import type { Clock } from '../../core/clock.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import { eventStore } from '../../core/events/event-store.ts'
import type { Storage } from '../../views/with-views.ts'
import type { Availability } from '../model/activity.ts'
import type { Operations } from '../model/operations.ts'
import type { Outbox } from '../store/outbox.ts'
import { pageLimit } from '../store/page-limit.ts'
import { storedText } from '../store/stored-text.ts'
import { operatorEvents } from './activity-events.ts'
import { activityView } from './activity-view.ts'
import { availabilityView } from './availability-view.ts'
import { toActivity } from './in-words.ts'

const MOST_DAYS = 90
const DAY = 86_400_000

// Milliseconds for which an act waits until it is stored: the storage may hang.
const PATIENCE = 2_000

/** What happened, as it is listed, and what people did, as it is recorded. */
export function serveActivity(
  store: Storage,
  outbox: Outbox,
  clock: Clock,
): Pick<Operations, 'activity' | 'availability' | 'recordAct'> {
  const operators = eventStore(store, operatorEvents)
  return {
    async activity({ before, limit } = {}) {
      const most = pageLimit(limit)
      const { items } = await store.views.query(activityView, {
        ...(before !== undefined && { where: { id: { lt: before } } }),
        orderBy: { field: 'id', direction: 'descending' },
        limit: most,
      })
      return { rows: items.map(toActivity), next: items.length < most ? null : (items.at(-1)?.id ?? null) }
    },
    async availability(days) {
      if (!Number.isSafeInteger(days) || days < 1 || days > MOST_DAYS) {
        throw new InvalidOption('days', `a whole number from 1 to ${MOST_DAYS}`, days)
      }
      const first = new Date(clock.now() - (days - 1) * DAY).toISOString().slice(0, 10)
      const { items } = await store.views.query(availabilityView, {
        where: { day: { gte: first } },
        orderBy: { field: 'day', direction: 'descending' },
        limit: 1_000,
      })
      return items.map(({ service, day, up, down }): Availability => ({ service, day, up, down }))
    },
    async recordAct({ who, what, subject, dryRun, outcome }) {
      const at = clock.now()
      const texts = { who: storedText(who, 100), what: storedText(what, 100), subject: storedText(subject, 300) }
      const data = { at: new Date(at).toISOString(), ...texts, dryRun, outcome: storedText(outcome, 100) }
      // Its id makes a repeat of an append that was thought to have failed the same append.
      const event = operatorEvents.create('OperatorActed', data, { id: crypto.randomUUID() })
      const streamId = `operator:${data.at.slice(0, 7)}`
      outbox.add({ at, write: () => operators.append(streamId, [event], { expectedVersion: 'any' }) })
      const stored = new AbortController()
      await Promise.race([outbox.flush(), clock.sleep(PATIENCE, stored.signal)])
      stored.abort()
    },
  }
}
