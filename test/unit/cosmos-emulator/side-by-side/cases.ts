import type { Container, JSONValue, OperationInput, PatchOperation } from '@azure/cosmos'
import { type Answer, answerOf } from './answers.ts'

/** Calls on a container, which is empty or has {@link DOCUMENTS}. */
export type Case = { readonly name: string; readonly run: (container: Container) => Promise<Answer[]> }

/** What every container has before the queries. */
export const DOCUMENTS = [
  { id: '1', customer: 'ann', n: 3, kind: 'a', tags: ['x', 'y'], at: { city: 'Porto' } },
  { id: '2', customer: 'ann', n: 1, kind: 'b', tags: [], at: { city: 'Braga' } },
  { id: '3', customer: 'bob', n: 2, kind: 'a', tags: ['x'], open: true },
  { id: '4', customer: 'bob', n: null, kind: 'Ab', tags: ['z', 'x'], open: false },
  {
    id: '5',
    customer: 'cy',
    kind: 'c',
    n: 2.5,
    items: [
      { k: 'p', v: 1 },
      { k: 'q', v: 2 },
    ],
  },
]

const ann = (id: string, more: object = {}) => ({ id, customer: 'ann', ...more })
const one = (name: string, run: (container: Container) => Promise<Answer>): Case => ({
  name,
  run: async (container) => [await run(container)],
})

const etagOf = async (container: Container, id: string) => (await container.item(id, 'ann').read()).etag
const ifMatch = (condition: string) => ({ accessCondition: { type: 'IfMatch', condition } })
const ifNoneMatch = (condition: string) => ({ accessCondition: { type: 'IfNoneMatch', condition } })

/** Create, read, replace, upsert, delete. */
export const CRUD: readonly Case[] = [
  one('create', ({ items }) => answerOf(items.create(ann('n', { a: [1, { b: null }] })))),
  one('create what is there', ({ items }) => answerOf(items.create(ann('1')))),
  one('create the same id with another partition key', ({ items }) =>
    answerOf(items.create({ id: '1', customer: 'x' })),
  ),
  one('read', (container) => answerOf(container.item('1', 'ann').read())),
  one('read what is not there', (container) => answerOf(container.item('none', 'ann').read())),
  one('read with another partition key', (container) => answerOf(container.item('1', 'bob').read())),
  one('replace', (container) => answerOf(container.item('1', 'ann').replace(ann('1', { a: 1 })))),
  one('replace what is not there', (container) => answerOf(container.item('none', 'ann').replace(ann('none')))),
  one('replace by another id', (container) => answerOf(container.item('1', 'ann').replace(ann('9')))),
  one('replace by another partition key', (container) =>
    answerOf(container.item('1', 'ann').replace({ id: '1', customer: 'bob' })),
  ),
  one('upsert what is there', ({ items }) => answerOf(items.upsert(ann('1', { a: 1 })))),
  one('upsert what is not there', ({ items }) => answerOf(items.upsert(ann('n', { a: 1 })))),
  one('delete', (container) => answerOf(container.item('1', 'ann').delete())),
  one('delete what is not there', (container) => answerOf(container.item('none', 'ann').delete())),
  {
    name: 'delete, read, create again',
    run: async (container) => [
      await answerOf(container.item('1', 'ann').delete()),
      await answerOf(container.item('1', 'ann').read()),
      await answerOf(container.items.create(ann('1', { again: true }))),
      await answerOf(container.item('1', 'ann').read()),
    ],
  },
  one('a number as partition key', async (container) => {
    await container.items.create({ id: 'n', customer: 5 })
    return answerOf(container.item('n', 5).read())
  }),
  one('null as partition key', async (container) => {
    await container.items.create({ id: 'n', customer: null })
    return answerOf(container.item('n', null).read())
  }),
  one('no partition key', async (container) => {
    await container.items.create({ id: 'n' })
    return answerOf(container.item('n', undefined).read())
  }),
  one('the container', async (container) => {
    const { status, body } = await answerOf(container.read())
    return { status, body: (body as { id?: string } | null)?.id }
  }),
]

/** Conditions by ETag. */
export const ETAGS: readonly Case[] = [
  one('replace if it matches', async (container) =>
    answerOf(container.item('1', 'ann').replace(ann('1', { a: 1 }), ifMatch(await etagOf(container, '1')))),
  ),
  one('replace if another matches', (container) =>
    answerOf(container.item('1', 'ann').replace(ann('1'), ifMatch('"another"'))),
  ),
  one('replace twice by one ETag', async (container) => {
    const options = ifMatch(await etagOf(container, '1'))
    await container.item('1', 'ann').replace(ann('1', { a: 1 }), options)
    return answerOf(container.item('1', 'ann').replace(ann('1', { a: 2 }), options))
  }),
  one('replace if anything matches', (container) =>
    answerOf(container.item('1', 'ann').replace(ann('1', { a: 1 }), ifMatch('*'))),
  ),
  one('delete if it matches', async (container) =>
    answerOf(container.item('1', 'ann').delete(ifMatch(await etagOf(container, '1')))),
  ),
  one('delete if another matches', (container) => answerOf(container.item('1', 'ann').delete(ifMatch('"another"')))),
  one('upsert if it matches', async (container) =>
    answerOf(container.items.upsert(ann('1', { a: 1 }), ifMatch(await etagOf(container, '1')))),
  ),
  one('upsert if another matches', ({ items }) => answerOf(items.upsert(ann('1'), ifMatch('"another"')))),
  one('upsert what is not there if it matches', ({ items }) => answerOf(items.upsert(ann('n'), ifMatch('"another"')))),
  one('read if it is another', async (container) =>
    answerOf(container.item('1', 'ann').read(ifNoneMatch(await etagOf(container, '1')))),
  ),
  one('read if another is another', (container) => answerOf(container.item('1', 'ann').read(ifNoneMatch('"another"')))),
]

const patch = (name: string, ...operations: PatchOperation[]): Case =>
  one(`patch: ${name}`, (container) => answerOf(container.item('1', 'ann').patch(operations)))
const batch = (name: string, ...operations: OperationInput[]): Case =>
  one(`batch: ${name}`, async ({ items }) => {
    const { code, result } = await items.batch(operations, 'ann')
    return { status: code ?? 0, body: result?.map(({ statusCode }) => statusCode) }
  })

/** Patches and transactional batches. */
export const PATCHES_AND_BATCHES: readonly Case[] = [
  patch('set', { op: 'set', path: '/n', value: 9 }),
  patch('set anew', { op: 'set', path: '/m', value: { deep: [1] } }),
  patch('add', { op: 'add', path: '/m', value: 1 }),
  patch('add to an array', { op: 'add', path: '/tags/1', value: 'new' }),
  patch('add behind an array', { op: 'add', path: '/tags/-', value: 'new' }),
  patch('set in an array', { op: 'set', path: '/tags/1', value: 'new' }),
  patch('replace', { op: 'replace', path: '/at/city', value: 'Faro' }),
  patch('replace what is not there', { op: 'replace', path: '/none', value: 1 }),
  patch('remove', { op: 'remove', path: '/at' }),
  patch('remove what is not there', { op: 'remove', path: '/none' }),
  patch('increment', { op: 'incr', path: '/n', value: 2 }),
  patch('increment what is not there', { op: 'incr', path: '/none', value: 2 }),
  patch('increment a text', { op: 'incr', path: '/kind', value: 2 }),
  patch('through nothing', { op: 'set', path: '/none/deeper', value: 1 }),
  one('patch what is not there', (container) =>
    answerOf(container.item('none', 'ann').patch([{ op: 'set', path: '/a', value: 1 }])),
  ),
  batch('create', { operationType: 'Create', resourceBody: ann('n') as unknown as Record<string, JSONValue> as never }),
  batch(
    'replace, upsert, read, delete',
    { operationType: 'Replace', id: '1', resourceBody: ann('1') as never },
    { operationType: 'Upsert', resourceBody: ann('n') as never },
    { operationType: 'Read', id: '2' },
    { operationType: 'Delete', id: '2' },
  ),
  batch(
    'a conflict in the middle',
    { operationType: 'Create', resourceBody: ann('n') as never },
    { operationType: 'Create', resourceBody: ann('1') as never },
    { operationType: 'Read', id: '2' },
  ),
  {
    name: 'batch: nothing stays of one that failed',
    run: async (container) => {
      const create = (id: string): OperationInput => ({ operationType: 'Create', resourceBody: ann(id) as never })
      await container.items.batch([create('n'), create('1')], 'ann')
      return [await answerOf(container.item('n', 'ann').read())]
    },
  },
]

const query = (text: string, parameters: Record<string, JSONValue> = {}, partitionKey?: string): Case => {
  const spec = { query: text, parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })) }
  const where = partitionKey === undefined ? '' : ` of ${partitionKey}`
  const said = Object.keys(parameters).length === 0 ? '' : ` ${JSON.stringify(parameters)}`
  return one(`${text}${said}${where}`, ({ items }) =>
    answerOf(items.query(spec, partitionKey === undefined ? {} : { partitionKey }).fetchAll()),
  )
}

/** Queries over {@link DOCUMENTS}. */
export const QUERIES: readonly Case[] = [
  query('SELECT * FROM c'),
  query('SELECT * FROM c', {}, 'ann'),
  query('SELECT * FROM c WHERE c.id = "3"'),
  query('SELECT c.id, c.n FROM c WHERE c.n > 1'),
  query('SELECT c.id FROM c WHERE c.n >= @from AND c.n < @to', { '@from': 1, '@to': 3 }),
  query('SELECT VALUE c.id FROM c WHERE c.kind = "a" OR c.open = false'),
  query('SELECT VALUE c.id FROM c WHERE NOT (c.kind = "a")'),
  query('SELECT VALUE c.id FROM c WHERE c.n != 1'),
  query('SELECT VALUE c.id FROM c WHERE c.n = null'),
  query('SELECT VALUE c.id FROM c WHERE c.open != null'),
  query('SELECT VALUE c.id FROM c WHERE c.kind IN ("a", "c")'),
  query('SELECT VALUE c.id FROM c WHERE c.n BETWEEN 1 AND 2'),
  query('SELECT VALUE c.id FROM c WHERE ARRAY_CONTAINS(c.tags, "x")'),
  query('SELECT VALUE c.id FROM c WHERE ARRAY_CONTAINS(c.items, { "k": "p" }, true)'),
  query('SELECT VALUE c.id FROM c WHERE ARRAY_LENGTH(c.tags) = 2'),
  query('SELECT VALUE c.id FROM c WHERE STARTSWITH(c.kind, "A")'),
  query('SELECT VALUE c.id FROM c WHERE STARTSWITH(c.kind, "A", true)'),
  query('SELECT VALUE c.id FROM c WHERE CONTAINS(LOWER(c.kind), "b")'),
  query('SELECT VALUE c.id FROM c WHERE IS_DEFINED(c.at)'),
  query('SELECT VALUE c.id FROM c WHERE IS_NULL(c.n)'),
  query('SELECT VALUE c.id FROM c WHERE c.at.city = "Porto"'),
  query('SELECT VALUE c.id FROM c WHERE c["at"]["city"] = "Porto"'),
  query('SELECT VALUE c.tags[0] FROM c'),
  query('SELECT VALUE { "id": c.id, "both": [c.n, c.kind] } FROM c'),
  query('SELECT c.id AS name, c.at.city FROM c'),
  query('SELECT c.id, t FROM c JOIN t IN c.tags'),
  query('SELECT VALUE i.v FROM c JOIN i IN c.items WHERE i.k = "q"'),
  query('SELECT VALUE t FROM t IN c.tags'),
  query('SELECT VALUE c.id FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = "z")'),
  query('SELECT VALUE ARRAY(SELECT VALUE t FROM t IN c.tags WHERE t != "x") FROM c'),
  query('SELECT VALUE c.open ? "yes" : "no" FROM c'),
  query('SELECT VALUE c.n ?? "none" FROM c'),
  query('SELECT VALUE c.id || "-" || c.customer FROM c'),
  query('SELECT VALUE c.n * 2 + 1 FROM c'),
  query('SELECT VALUE UPPER(c.kind) FROM c'),
  query('SELECT VALUE SUBSTRING(c.customer, 1, 2) FROM c'),
  query('SELECT VALUE c.id FROM c ORDER BY c.id DESC'),
  query('SELECT VALUE c.id FROM c WHERE IS_NUMBER(c.n) ORDER BY c.n'),
  query('SELECT VALUE c.id FROM c ORDER BY c.n'),
  query('SELECT VALUE c.id FROM c ORDER BY c.open'),
  query('SELECT VALUE c.id FROM c ORDER BY c.kind, c.n DESC'),
  query('SELECT VALUE c.id FROM c ORDER BY c.kind, c.n'),
  query('SELECT TOP 2 VALUE c.id FROM c'),
  query('SELECT TOP 2 VALUE c.id FROM c ORDER BY c.id DESC'),
  query('SELECT VALUE c.id FROM c ORDER BY c.id OFFSET 1 LIMIT 2'),
  query('SELECT DISTINCT VALUE c.customer FROM c'),
  query('SELECT VALUE COUNT(1) FROM c'),
  query('SELECT VALUE COUNT(c.n) FROM c'),
  query('SELECT VALUE SUM(c.n) FROM c WHERE IS_NUMBER(c.n)'),
  query('SELECT VALUE AVG(c.n) FROM c WHERE IS_NUMBER(c.n)'),
  query('SELECT VALUE MIN(c.n) FROM c WHERE IS_NUMBER(c.n)'),
  query('SELECT VALUE MAX(c.kind) FROM c'),
  query('SELECT VALUE MIN(c.none) FROM c'),
  query('SELECT c.customer, COUNT(1) AS count FROM c GROUP BY c.customer'),
  query('SELECT VALUE c.id FROM c WHERE c.kind LIKE "A%"'),
  query('SELECT VALUE c.id FROM c WHERE c.a = @missing'),
  query('SELEC * FROM c'),
  query('SELECT * FROM c WHERE'),
  query('SELECT VALUE NOSUCH(c.id) FROM c'),
  query('SELECT VALUE x.id FROM c'),
  query('SELECT 1'),
  query('SELECT VALUE c FROM c WHERE c.id = "1"'),
  query("SELECT VALUE c.id FROM c WHERE c.id = '1' -- comment"),
]
