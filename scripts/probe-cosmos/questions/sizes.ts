import { type Question, statusOf } from '../probe.ts'

const MB = 1_000_000

/** How much a request takes. */
export const sizes: Question = {
  name: 'sizes of requests',
  async *ask({ events, views, budget }) {
    await events.scripts.storedProcedures
      .create({ id: 'echo', body: 'function (a) { getContext().getResponse().setBody(a.length) }' })
      .catch(() => {})
    for (const size of [0.9, 0.95, 1.1, 1.9]) {
      const answer = await events.scripts
        .storedProcedure('echo')
        .execute('s:scripted', ['x'.repeat(size * MB)])
        .then(({ headers }) => {
          budget.charge(headers)
          return 'taken'
        }, statusOf)
      yield {
        what: `argument of a stored procedure of ${size} MB`,
        assumed: size <= 0.95 ? 'taken' : 'taken or refused; the adapter does not send it',
        found: answer,
        ...(size <= 0.95 && { agrees: answer === 'taken' }),
      }
    }
    for (const size of [1.9, 2.2]) {
      const document = (i: number) => ({ id: `s:sized:${size}-${i}`, stream: { id: 's:sized', version: i }, pad: '' })
      const operations = [1, 2].map((i) => ({
        operationType: 'Create' as const,
        resourceBody: { ...document(i), pad: 'x'.repeat((size * MB) / 2) },
      }))
      const answer = await events.items.batch(operations, 's:sized').then(({ headers, result }) => {
        budget.charge(headers)
        return String(result?.[0]?.statusCode)
      }, statusOf)
      yield {
        what: `batch of ${size} MB`,
        assumed: size < 2 ? '201' : '413',
        found: answer,
        agrees: size < 2 ? answer === '201' : answer === '413',
      }
    }
    const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`)
    for (const [levels, fits] of [
      [126, true],
      [140, false],
    ] as const) {
      const created = await views.items
        .create({ id: `deep-${levels}`, data: nested(levels) })
        .then(({ headers, statusCode }) => {
          budget.charge(headers)
          return String(statusCode)
        }, statusOf)
      yield {
        what: `document with a member of ${levels} levels`,
        assumed: fits ? '201' : '400',
        found: created,
        agrees: created.startsWith(fits ? '201' : '400'),
      }
    }
  },
}
