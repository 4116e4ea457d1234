import type { RetryOptions } from '@azure/cosmos'
import { type Question, statusOf } from '../probe.ts'

const READS = 1000

/** How often the definition of a container may be read. */
export const metadata: Question = {
  name: 'reads of a container’s definition',
  async *ask({ newClient, database, budget }) {
    // Otherwise the SDK would wait for each one that is throttled.
    const client = newClient({ retryOptions: { maxRetryAttemptCount: 0 } as RetryOptions })
    const events = client.database(database.id).container('events')
    const seen: Record<string, number> = {}
    for (let i = 0; i < READS; i++) {
      budget.check()
      const answer = await events.read().then(({ headers, statusCode }) => {
        budget.charge(headers)
        return String(statusCode)
      }, statusOf)
      seen[answer] = (seen[answer] ?? 0) + 1
    }
    yield {
      what: `${READS} reads of a container’s definition`,
      assumed: 'an account answers 500 in five minutes, then perhaps 429; the adapter makes none while it runs',
      found: JSON.stringify(seen),
    }
  },
}
