import type { PriorityLevel } from '@azure/cosmos'
import { type Question, statusOf, units } from '../probe.ts'

const data = {
  title: 'x'.repeat(40),
  items: Array.from({ length: 40 }, (_, i) => ({ name: `item ${i}`, amount: i, unit: 'kWh' })),
}

/** What saving a view costs, and whether low priority is heeded. */
export const views: Question = {
  name: 'views',
  async *ask({ views: indexed, database, budget }) {
    const { container: plain } = await database.containers.create({
      id: 'plain-views',
      partitionKey: { paths: ['/id'] },
      indexingPolicy: { includedPaths: [], excludedPaths: [{ path: '/*' }] },
    })
    const charges: number[] = []
    for (const container of [indexed, plain]) {
      await container.items.create({ id: 'view', data })
      const { headers } = await container.item('view', 'view').replace({ id: 'view', data: { ...data, title: 'y' } })
      charges.push(budget.charge(headers))
    }
    yield {
      what: 'replacement of a view of 2 KB with 120 indexed values, one changed; and without an index',
      assumed: 'about 10 RU, and not much less',
      found: charges.map(units).join('; '),
    }
    const low = await indexed
      .item('view', 'view')
      .delete({ priorityLevel: 'Low' as PriorityLevel })
      .then(({ statusCode }) => String(statusCode), statusOf)
    yield { what: 'deletion with low priority', assumed: '204', found: low, agrees: low === '204' }
  },
}
