import type { Container } from '@azure/cosmos'
import { type Question, statusOf, units } from '../probe.ts'

/** What scripts may do. */
export const scripts: Question = {
  name: 'stored procedures',
  async *ask({ events, budget }) {
    const run = async (id: string, body: string, argument: unknown) => {
      await create(events, id, body)
      return events.scripts
        .storedProcedure(id)
        .execute('s:scripted', [argument])
        .then(({ resource, headers }) => ({ answer: String(resource), charge: budget.charge(headers) }))
        .catch((error) => ({ answer: statusOf(error), charge: 0 }))
    }
    const thrown = await run('throws', "function () { var e = new Error(429, 'x'); e.number = 429; throw e }", null)
    yield {
      what: 'a script that throws an error with the number 429',
      assumed: '400/429',
      found: thrown.answer,
      agrees: thrown.answer === '400/429',
    }
    const taken = await run('twice', TWICE, 'k')
    yield {
      what: 'a script that lets an error of the server through',
      assumed: '400/409',
      found: taken.answer,
      agrees: taken.answer === '400/409',
    }
    const own = await run('own', OWN, 'o')
    yield {
      what: 'own writes that a script’s query shows',
      assumed: 'either; no script relies on it',
      found: own.answer,
    }
    for (const key of ['a', 'b', 'c', 'd']) {
      const { answer, charge } = await run('many', MANY, key)
      yield {
        what: `a script that creates 100 documents of 18 KB, run ${key}`,
        assumed: 'all, or 400/429 when it is refused its units; then nothing is left of it',
        found: `${answer}, ${units(charge)}`,
        agrees: answer === 'all' || answer === '400/429',
      }
    }
    const left = await events.items
      .query('SELECT VALUE COUNT(1) FROM c WHERE STARTSWITH(c.id, "twice")', { partitionKey: 's:scripted' })
      .fetchAll()
    yield {
      what: 'documents that a failed script left',
      assumed: '0',
      found: String(left.resources[0]),
      agrees: left.resources[0] === 0,
    }
  },
}

async function create({ scripts: { storedProcedures } }: Container, id: string, body: string): Promise<void> {
  await storedProcedures.create({ id, body }).catch((error) => {
    if (!statusOf(error).startsWith('409')) throw error
  })
}

// As the service takes them: one function each, of ES2015.
const TWICE = `function (key) {
  var c = getContext().getCollection()
  var make = function (then) {
    c.createDocument(c.getSelfLink(), { id: 'twice' + key, stream: { id: 's:scripted', version: 0 } }, function (e) { if (e) throw e; then() })
  }
  make(function () { make(function () {}) })
}`

const OWN = `function (key) {
  var c = getContext().getCollection()
  c.createDocument(c.getSelfLink(), { id: 'own' + key, stream: { id: 's:scripted', version: 0 } }, function (e) {
    if (e) throw e
    c.queryDocuments(c.getSelfLink(), 'SELECT * FROM c WHERE STARTSWITH(c.id, "own")', {}, function (e, rows) {
      if (e) throw e
      getContext().getResponse().setBody(rows.length)
    })
  })
}`

const MANY = `function (key) {
  var c = getContext().getCollection(), n = 0
  next()
  function next() {
    if (n === 100) return getContext().getResponse().setBody('all')
    var document = { id: 'many' + key + n, stream: { id: 's:scripted', version: n }, pad: new Array(18000).join('x') }
    var accepted = c.createDocument(c.getSelfLink(), document, function (e) { if (e) throw e; n++; next() })
    if (!accepted) { var error = new Error(429, 'refused at ' + n); error.number = 429; throw error }
  }
}`
