import { type Question, statusOf } from '../probe.ts'

const IDS: readonly (readonly [id: string, readable: boolean])[] = [
  ['plain', true],
  ['a%20b', false],
  ['50%25', false],
  ['end ', false],
  [' begin', true],
  ['100%', true],
  ['a+b', true],
  ['<a>', true],
  ['a|b', true],
  ['a"b', true],
  ['ü鱀😀', true],
]

/** Which ids can be addressed by URL: the adapter names the others in the body of a batch. */
export const ids: Question = {
  name: 'ids of documents in URLs',
  async *ask({ views, budget }) {
    for (const [id, readable] of IDS) {
      const created = await views.items.create({ id })
      budget.charge(created.headers)
      const read = await views
        .item(id, id)
        .read()
        .then(({ statusCode }) => String(statusCode), statusOf)
      const inBatch = await views.items.batch([{ operationType: 'Read', id }], id).then(({ headers, result }) => {
        budget.charge(headers)
        return String(result?.[0]?.statusCode)
      }, statusOf)
      yield {
        what: `read of ${JSON.stringify(id)}, by URL and in a batch`,
        assumed: `${readable ? '200' : '401'}, 200`,
        found: `${read}, ${inBatch}`,
        agrees: (read === '200') === readable && inBatch === '200',
      }
    }
  },
}
