import { type Question, statusOf } from '../probe.ts'

const PROGRESS = 'x-ms-documentdb-collection-index-transformation-progress'
const LOOKS = 60

/** What the service tells of an index that is being built. */
export const indexes: Question = {
  name: 'building of an index',
  async *ask({ events, budget }) {
    const { resource, headers } = await events.read({ populateQuotaInfo: true })
    budget.charge(headers)
    yield {
      what: 'progress that is told while nothing is built',
      assumed: '100, -1 or none',
      found: String(headers[PROGRESS]),
      agrees: headers[PROGRESS] === undefined || [-1, 100].includes(Number(headers[PROGRESS])),
    }
    if (resource?.partitionKey === undefined) return
    const { indexingPolicy, partitionKey, id } = resource
    const more = ['/eventType', '/stream/version'].map((path) => ({ path, order: 'ascending' as const }))
    const compositeIndexes = [...(indexingPolicy?.compositeIndexes ?? []), more]
    await events.replace({ ...resource, id, partitionKey, indexingPolicy: { ...indexingPolicy, compositeIndexes } })
    const query = 'SELECT TOP 1 * FROM c ORDER BY c.eventType, c.stream.version'
    const seen = new Set<string>()
    let early = 'not asked'
    for (let look = 0; look < LOOKS; look++) {
      budget.check()
      const answer = await events.read({ populateQuotaInfo: true })
      budget.charge(answer.headers)
      const progress = answer.headers[PROGRESS]
      seen.add(String(progress))
      if (progress === undefined || Number(progress) === 100 || Number(progress) < 0) break
      if (early === 'not asked') {
        early = await events.items
          .query(query, { initialHeaders: { 'x-ms-documentdb-partitionkeyrangeid': '0' } })
          .fetchNext()
          .then(() => 'answered', statusOf)
      }
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
    yield {
      what: 'progress that is told after an index was added',
      assumed: 'numbers from 0 that come to 100',
      found: [...seen].join(', '),
    }
    yield { what: 'a query that needs it before', assumed: '400', found: early }
  },
}
