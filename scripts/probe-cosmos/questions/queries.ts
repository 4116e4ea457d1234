import type { SqlQuerySpec } from '@azure/cosmos'
import { headersOf, type Probe, type Question, STREAMS, units } from '../probe.ts'

/** What queries cost, and how they end. */
export const queries: Question = {
  name: 'queries',
  async *ask(probe) {
    const few = { partitionKey: STREAMS.few }
    const range = { initialHeaders: { 'x-ms-documentdb-partitionkeyrangeid': '0' } }
    const headOld = await ask(probe, 'SELECT TOP 1 * FROM c ORDER BY c.stream.version DESC', few)
    const head = await ask(
      probe,
      'SELECT TOP 1 * FROM c WHERE c.stream.id = @s ORDER BY c.stream.id DESC, c.stream.version DESC',
      few,
    )
    yield {
      what: `head of a stream of 6 beside one of ${probe.size}, by the composite index`,
      assumed: 'about 3 RU, and no more than in the order of versions alone',
      found: `${told(head)}; by versions alone ${told(headOld)}`,
      agrees: head.charge < 10 && head.charge <= headOld.charge + 1,
    }
    const look = await ask(
      probe,
      'SELECT * FROM c WHERE c.stream.id = @s AND (c.stream.version >= 6 OR ARRAY_CONTAINS(@ids, c.metadata.eventId)) ORDER BY c.stream.id DESC, c.stream.version DESC',
      few,
    )
    yield { what: 'look before an append', assumed: 'about 3 RU', found: told(look), agrees: look.charge < 10 }
    const byId = await ask(
      probe,
      'SELECT * FROM c WHERE c.stream.id = @s AND ARRAY_CONTAINS(@ids, c.metadata.eventId)',
      few,
    )
    yield { what: 'look for event ids', assumed: 'about 3 RU', found: told(byId), agrees: byId.charge < 10 }
    const load = await ask(
      probe,
      'SELECT * FROM c WHERE c.stream.id = @s AND ((c.stream.version >= 1 AND c.stream.version <= 100) OR c.eventType = "$tombstone") ORDER BY c.stream.id DESC, c.stream.version DESC',
      { partitionKey: STREAMS.many },
      STREAMS.many,
    )
    yield { what: 'load of 100 events', assumed: 'about 12 RU', found: `${load.rows} rows, ${told(load)}` }
    const ahead = await ask(
      probe,
      'SELECT VALUE MIN(c._ts) FROM c WHERE c.metadata.recordedAt >= "2000" AND c._ts < 1',
      range,
    )
    yield {
      what: 'start by time: events recorded after they were written, of all that there are',
      assumed: 'an index lookup, whatever there is; parts may be answered, one a page',
      found: told(ahead),
    }
    const whole = await ask(probe, 'SELECT VALUE MIN(c._ts) FROM c WHERE c.metadata.recordedAt >= "2000"', range)
    yield {
      what: 'an aggregate of everything',
      assumed: 'parts, one a page',
      found: `${whole.rows} rows, ${told(whole)}`,
    }
    const legacy = await ask(probe, 'SELECT TOP 1 VALUE c.id FROM c WHERE NOT IS_DEFINED(c.metadata.recordedAt)', range)
    yield { what: 'whether there are events without metadata', assumed: 'an index lookup', found: told(legacy) }
    const leases = await probe.leases.items.query('SELECT * FROM c WHERE c.projection = "p"', range).fetchNext()
    probe.budget.charge(headersOf(leases))
    yield {
      what: 'leases of a projection',
      assumed: 'by index, about 3 RU',
      found: units(leases.requestCharge),
      agrees: leases.requestCharge < 10,
    }
  },
}

async function ask({ events, budget }: Probe, query: string, options: object, stream: string = STREAMS.few) {
  const parameters = [
    { name: '@s', value: stream },
    { name: '@ids', value: [`${STREAMS.few}-3`] },
  ]
  const spec: SqlQuerySpec = { query, parameters }
  const result = { rows: 0, pages: 0, charge: 0 }
  for (let continuationToken: string | undefined; ; ) {
    const answer = await events.items
      .query(spec, { ...options, ...(continuationToken && { continuationToken }) })
      .fetchNext()
    result.charge += budget.charge(headersOf(answer))
    result.rows += answer.resources?.length ?? 0
    result.pages++
    continuationToken = answer.continuationToken
    if (!continuationToken) return result
  }
}

const told = ({ charge, pages }: { charge: number; pages: number }): string => `${units(charge)} in ${pages} pages`
