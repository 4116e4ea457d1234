import { describe, expect, test } from 'vitest'
import type { ItemBody, JsonValue } from '../../../../src/cosmos-emulator/engine/types.ts'
import { type ProcedureOptions, runProcedure } from '../../../../src/cosmos-emulator/procedures/run-procedure.ts'
import { EmulatedPartition, type ServerFaults } from '../../../support/emulated-partition.ts'

const doc = (id: string, n = 1): ItemBody => ({ id, stream: { id: 's', version: n }, n })

function partitionOf(...ids: string[]): EmulatedPartition {
  const partition = new EmulatedPartition('s')
  partition.seed(ids.map((id, i) => doc(id, i + 1)))
  return partition
}

type More = { faults?: ServerFaults; options?: Partial<ProcedureOptions>; parameters?: JsonValue[] }

const run = (partition: EmulatedPartition, body: string, { faults, options, parameters = [] }: More = {}) =>
  partition.executeAll(
    `function f(a, b) {
      var collection = getContext().getCollection(), link = collection.getSelfLink()
      function answer(value) { getContext().getResponse().setBody(value) }
      ${body}
    }`,
    parameters,
    faults,
    options,
  )

const bodyOf = (body: string, more?: More & { partition?: EmulatedPartition }): JsonValue | undefined =>
  run(more?.partition ?? partitionOf('a', 'b', 'c'), body, more).body

const failure = (status: number, substatus?: number, message = '') =>
  expect.objectContaining({ status, substatus, message: expect.stringContaining(message) })

describe('what a procedure is given and answers', () => {
  test('its arguments as JSON, its body as JSON', () => {
    expect(bodyOf('answer([a, b, arguments.length])', { parameters: [{ x: [1] }, null] })).toEqual([
      { x: [1] },
      null,
      2,
    ])
    expect(bodyOf('answer("text")')).toBe('text')
    expect(
      bodyOf('var r = getContext().getResponse(); r.setBody("a"); r.appendBody("b"); answer(r.getBody() + "c")'),
    ).toBe('abc')
    expect(bodyOf('')).toBeUndefined()
  })

  test('values of the response, of which the body is one', () => {
    const body = `
      var response = getContext().getResponse()
      for (var i = 0; i < 10; i++) response.appendValue('Body', i)
      response.setValue('x-name', 'a')
      response.appendValue('x-name', 'b')
      response.appendValue('x-other', 1)
      answer([response.getBody(), response.getValue('Body'), response.getValue('x-name'), response.getValue('x-other'), typeof response.getValue('none')])`
    expect(bodyOf(body)).toEqual(['0123456789', '0123456789', 'ab', '1', 'undefined'])
    expect(bodyOf('getContext().getResponse().setValue("Body", { a: 1 })')).toEqual({ a: 1 })
  })

  test('text with comments around the function, an arrow, or a semicolon', () => {
    const partition = partitionOf()
    for (const text of [
      '/* header */\nfunction f() { getContext().getResponse().setBody(1) } // end',
      'function () { getContext().getResponse().setBody(1) };\n',
      `function () { getContext().getResponse().setBody(1) }${' ;'.repeat(500_000)}`,
      `/*${';'.repeat(1_000_000)}*/ function () { getContext().getResponse().setBody(1) }`,
      '() => getContext().getResponse().setBody(1)',
    ]) {
      expect(partition.executeAll(text, []).body).toBe(1)
    }
  })

  test('no globals of the host, and nothing left of the run before', () => {
    const partition = partitionOf()
    expect(bodyOf('answer([typeof process, typeof require, typeof globalThis, typeof $host])', { partition })).toEqual(
      Array(4).fill('undefined'),
    )
    bodyOf('leaked = 1; Array.prototype.leaked = 1', { partition })
    expect(bodyOf('answer([typeof leaked, typeof [].leaked])', { partition })).toEqual(['undefined', 'undefined'])
  })

  test('no built-ins later than ES2015', () => {
    const later = [
      '[].includes',
      'Object.values',
      'Object.entries',
      '"".padStart',
      '[].flat',
      'Promise.prototype.finally',
    ]
    expect(bodyOf(`answer([${later.map((name) => `typeof ${name}`)}])`)).toEqual(later.map(() => 'undefined'))
    expect(bodyOf('answer([typeof Map, typeof [].find, typeof Object.assign, typeof Promise])')).toEqual(
      Array(4).fill('function'),
    )
  })

  test('a log, when it is asked for', () => {
    const partition = partitionOf()
    const body = 'console.log("%s and %s, 100%%", 1, "x"); console.log("end")'
    expect(run(partition, body, { options: { enableScriptLogging: true } }).log).toBe('1 and x, 100%\nend')
    expect(run(partition, body)).not.toHaveProperty('log')
  })
})

describe('calls to the server', () => {
  test('answer through their callbacks after the function has returned, in order', () => {
    const body = `
      var seen = []
      collection.createDocument(link, { id: 'd', stream: { id: 's', version: 4 } }, function (e, d, o) {
        seen.push(d.id, typeof d._etag, typeof o)
      })
      collection.queryDocuments(link, 'SELECT VALUE COUNT(1) FROM c', function (e, rows) {
        seen.push(rows)
        answer(seen)
      })
      seen.push('returned')`
    expect(bodyOf(body)).toEqual(['returned', 'd', 'string', 'object', [4]])
  })

  test('read, replace, upsert and delete by either link', () => {
    const partition = partitionOf('a', 'b')
    const body = `
      var alt = collection.getAltLink()
      collection.readDocument(alt + '/docs/a', function (e, d) {
        d.n = 10
        collection.replaceDocument(d._self, d, { etag: d._etag }, function (e, d2) {
          collection.upsertDocument(link, { id: 'b', stream: { id: 's', version: 2 }, n: 20 }, function (e, d3) {
            collection.deleteDocument(alt + '/docs/b', { etag: d3._etag }, function (e, o) {
              answer([d2.n, d3.n, e === undefined, typeof o])
            })
          })
        })
      })`
    expect(run(partition, body)).toEqual({
      body: [10, 20, true, 'object'],
      calls: ['read', 'replace', 'upsert', 'delete'],
    })
    expect(partition.contents()).toEqual([{ ...doc('a'), n: 10 }])
  })

  test('a document without an id gets one, unless that is turned off', () => {
    const body =
      'var d = { stream: { id: "s" } }; collection.createDocument(link, d, { disableAutomaticIdGeneration: a }, function (e, r) { answer(e ? e.number : [r.id, d.id]) })'
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/)
    expect(bodyOf(body, { parameters: [false] })).toEqual([id, null])
    expect(bodyOf(body, { parameters: [true] })).toBe(400)
  })

  test('an error of the server has its number and body', () => {
    const body = (call: string) =>
      `collection.${call}, function (e, r) { answer([e.number, JSON.parse(e.body).Errors.length, e instanceof Error, r]) })`
    expect(bodyOf(body('createDocument(link, { id: "a", stream: { id: "s" } }'))).toEqual([409, 1, true, null])
    expect(bodyOf(body('readDocument(link + "docs/none"'))).toEqual([404, 1, true, null])
    expect(
      bodyOf(
        body('replaceDocument(collection.getAltLink() + "/docs/a", { id: "a", stream: { id: "s" } }, { etag: "x" }'),
      ),
    ).toEqual([412, 1, true, null])
    expect(bodyOf(body('queryDocuments(link, "SELECT"'))).toEqual([400, 1, true, null])
    expect(bodyOf(body('createDocument(link, { id: "x", stream: { id: "other" } }'))).toEqual([400, 1, true, null])
  })

  test('pages of a query go on by continuation, a hundred rows each unless told', () => {
    const partition = new EmulatedPartition('s')
    partition.seed(Array.from({ length: 250 }, (_, i) => doc(`d${i}`, i)))
    const body = `
      var sizes = []
      next()
      function next(continuation) {
        collection.queryDocuments(link, { query: 'SELECT * FROM c WHERE c.n >= @n', parameters: [{ name: '@n', value: 0 }] },
          { continuation: continuation, pageSize: a }, function (e, rows, o) {
            sizes.push(rows.length)
            if (o.continuation) next(o.continuation)
            else answer(sizes)
          })
      }`
    expect(bodyOf(body, { partition })).toEqual([100, 100, 50])
    expect(bodyOf(body, { partition, parameters: [200] })).toEqual([200, 50])
    expect(bodyOf(body, { partition, parameters: [200], faults: { pageSize: 125 } })).toEqual([0, 125, 0, 125])
  })

  test('an order is served only by an index', () => {
    const body =
      'collection.queryDocuments(link, "SELECT * FROM c ORDER BY c.a, c.b", function (e) { answer(e.number) })'
    expect(bodyOf(body)).toBe(400)
  })

  test('reading all documents and reading what has not changed', () => {
    expect(
      bodyOf(
        'collection.readDocuments(link, { pageSize: 2 }, function (e, rows, o) { answer([rows.length, typeof o.continuation]) })',
      ),
    ).toEqual([2, 'string'])
    const body =
      'var a = collection.getAltLink() + "/docs/a"; collection.readDocument(a, function (e, d) { collection.readDocument(a, { ifNoneMatch: d._etag }, function (e, d2, o) { answer([typeof d2, o.notModified]) }) })'
    expect(bodyOf(body)).toEqual(['undefined', true])
  })

  test('links and arguments are checked at once', () => {
    for (const call of [
      'queryDocuments("dbs/other/colls/other", "SELECT * FROM c")',
      'readDocument("dbs/other/colls/other/docs/a")',
      'createDocument(link)',
      'createDocument(link, 1)',
      'queryDocuments(link, 1)',
      'queryDocuments(link, "SELECT * FROM c", 1)',
      'queryDocuments(link, "SELECT * FROM c", {}, 1)',
    ]) {
      expect(bodyOf(`try { collection.${call} } catch (e) { answer(e.number) }`)).toBe(400)
    }
  })

  test('a call that is not accepted answers false and does nothing', () => {
    const partition = partitionOf()
    const body =
      'answer([1, 2].map(function (n) { return collection.createDocument(link, { id: "d" + n, stream: { id: "s", version: n } }) }))'
    expect(run(partition, body, { faults: { accepts: (call) => call !== 0 } }).body).toEqual([false, true])
    expect(partition.documents.map(({ id }) => id)).toEqual(['d2'])
  })

  test('calls near the end of the time are not accepted', () => {
    const body = 'var end = Date.now() + 300; while (Date.now() < end); answer(collection.readDocuments(link))'
    const partition = partitionOf()
    const text = `function f() { var collection = __, link = __.getSelfLink(); function answer(v) { __.response.setBody(v) } ${body} }`
    const options = { selfLink: partition.container.self, altLink: '', timeoutMs: 350 }
    const answer = partition.transact((transaction) => runProcedure(text, [], transaction, options))
    expect(answer.body).toBe(false)
  })
})

describe('queries in JavaScript', () => {
  test.each<[string, JsonValue]>([
    ['__.filter(function (d) { return d.n > 1 }, done)', ['b', 'c']],
    ['__.map(function (d) { return d.n }, done)', [1, 2, 3]],
    ['__.pluck("n", done)', [1, 2, 3]],
    ['__.sortByDescending(function (d) { return d.n }, done)', ['c', 'b', 'a']],
    ['__.chain().filter(function (d) { return d.n > 1 }).pluck("n").value(done)', [2, 3]],
    ['__.chain().map(function (d) { return [d.n, [d.n]] }).flatten().value({ pageSize: 3 }, done)', [1, 1, 2]],
    [
      '__.chain().unwind(function () { return [1, 2] }, function (d, x) { return d.n * x }).value(done)',
      [1, 2, 2, 4, 3, 6],
    ],
  ])('%s', (call, expected) => {
    const done = 'function done(e, rows) { answer(rows.map(function (row) { return row.id || row })) }'
    expect(bodyOf(`${done}; if (!${call}.isAccepted) throw new Error("no")`)).toEqual(expected)
  })

  test('without a callback the rows become the body', () => {
    expect(bodyOf('__.chain().pluck("id").value()')).toEqual(['a', 'b', 'c'])
  })
})

describe('how it fails', () => {
  test.each<[string, number, number | undefined, string]>([
    ['throw new Error("oops")', 400, undefined, 'Exception = Error: oops'],
    ['throw new Error(1234, "numbered")', 400, 1234, 'Exception = Error: numbered'],
    ['null.x', 400, undefined, 'Exception = TypeError'],
    ['throw { a: 1 }', 400, undefined, 'Exception = [object Object]'],
    ['throw undefined', 400, undefined, 'Exception = undefined'],
    ['getContext().abort(new Error(409, "enough"))', 400, 409, 'Exception = Error: enough'],
    ['Promise.resolve().then(function () { getContext().abort(new Error(409, "later")) })', 400, 409, 'later'],
    ['answer(Array(3e6).join("x"))', 400, 413, 'Resulting message would be too large'],
    [
      'collection.createDocument(link, { id: "a", stream: { id: "s" } })',
      400,
      409,
      'Entity with the specified id already exists',
    ],
    [
      'collection.readDocument(link + "docs/x", function (e) { throw e })',
      400,
      404,
      'Entity with the specified id does not exist',
    ],
  ])('%s: everything that it wrote is gone', (body, status, substatus, message) => {
    const partition = partitionOf('a')
    const before = partition.documents
    const writing = `collection.createDocument(link, { id: 'new', stream: { id: 's', version: 9 } }, function () { ${body} })`
    expect(() => run(partition, writing)).toThrow(failure(status, substatus, message))
    expect(partition.documents).toEqual(before)
  })

  test('text that is no function', () => {
    expect(() => partitionOf().executeAll('function f( {', [])).toThrow(failure(400, undefined, 'SyntaxError'))
    expect(() => partitionOf().executeAll('1', [])).toThrow(failure(400, undefined, 'TypeError'))
  })

  test('past its time', () => {
    const partition = partitionOf('a')
    for (const body of ['for (;;);', 'collection.deleteDocument(link + "docs/a", function () { for (;;); })']) {
      expect(() => run(partition, body, { options: { timeoutMs: 50 } })).toThrow(failure(408))
    }
    expect(partition.documents).toHaveLength(1)
  })

  test('what breaks on our side is no error of the procedure', () => {
    const partition = partitionOf('a')
    const broken = new TypeError('broken')
    const options = { selfLink: partition.container.self, altLink: '' }
    const run = () =>
      partition.transact((transaction) => {
        const failing = new Proxy(transaction, {
          get() {
            throw broken
          },
        })
        const text = 'function f() { __.readDocuments(__.getSelfLink()) }'
        return runProcedure(text, [], failing, options)
      })
    expect(run).toThrow(broken)
  })

  test('what a promise rejects with is lost, as on the service', () => {
    const partition = partitionOf('a')
    const text = `async function f() {
      var rows = await new Promise(function (done) {
        __.queryDocuments(__.getSelfLink(), 'SELECT VALUE c.id FROM c', function (e, found) { done(found) })
      })
      __.response.setBody(rows)
      throw new Error('lost')
    }`
    expect(partition.executeAll(text, []).body).toEqual(['a'])
    expect(run(partition, '(async function () { throw new Error("lost") })(); answer(1)').body).toBe(1)
    expect(run(partition, 'Promise.reject(new Error("lost")); answer(2)').body).toBe(2)
  })
})
