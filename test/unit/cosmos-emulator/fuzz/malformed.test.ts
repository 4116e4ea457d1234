import { describe, expect, test } from 'vitest'
import { sendRaw } from '../support/raw-requests.ts'
import { CASES, post, procedure } from './cases.ts'
import { check, DOCS, KEY, newEmulator, SPROCS } from './support.ts'

describe('a malformed request is answered as the service answers', () => {
  test.each(CASES)('%s: %i', async (_, status, request) => {
    const emulator = await newEmulator()
    const response = await sendRaw(emulator, request)
    check(response)
    expect([response.status, response.body.slice(0, 300)]).toEqual([status, expect.anything()])
    // It still serves.
    expect((await sendRaw(emulator, { method: 'GET', path: `${DOCS}/1`, headers: KEY })).status).toBe(200)
  })

  test.each([
    ['text that is no JavaScript', 'function ('],
    ['two expressions', 'function () {}) ; (function () {}'],
    ['no function', '5'],
    ['a thrown nothing', 'function () { throw null }'],
    ['a thrown object without text', 'function () { throw Object.create(null) }'],
    ['a thrown proxy', 'function () { throw new Proxy({}, { get() { throw 1 } }) }'],
    ['endless recursion', 'function f() { f() }'],
    [
      'a document nested beyond all bounds',
      `function () {
      var a = []; for (var i = 0; i < 5000; i++) a = [a]
      __.createDocument(__.getSelfLink(), { id: 'deep', customer: 'ann', a: a })
    }`,
    ],
    ['a body that has no JSON', 'function () { var a = {}; a.a = a; __.response.setBody(a) }'],
    ['a document null', 'function () { __.createDocument(__.getSelfLink(), null) }'],
    ['a document that is an array', 'function () { __.createDocument(__.getSelfLink(), []) }'],
    ['a query of nothing', 'function () { __.queryDocuments(__.getSelfLink(), {}) }'],
    [
      'a continuation of nothing',
      'function () { __.queryDocuments(__.getSelfLink(), "SELECT * FROM c", { continuation: "x" }) }',
    ],
    ['a page of nothing', 'function () { __.queryDocuments(__.getSelfLink(), "SELECT * FROM c", { pageSize: -5 }) }'],
  ])('a procedure with %s', async (_, body) => {
    const emulator = await newEmulator()
    const created = await sendRaw(emulator, procedure(body))
    check(created)
    if (created.status === 201) {
      const run = await sendRaw(emulator, post(`${SPROCS}/p`, KEY, '[]'))
      check(run)
    }
    expect((await sendRaw(emulator, { method: 'GET', path: `${DOCS}/1`, headers: KEY })).status).toBe(200)
  })

  test('what a procedure logs comes back, whatever it is', async () => {
    const emulator = await newEmulator()
    await sendRaw(emulator, procedure('function () { console.log("\\ud800 \\n 漢") }'))
    const headers = { ...KEY, 'x-ms-documentdb-script-enable-logging': 'true' }
    const run = await sendRaw(emulator, post(`${SPROCS}/p`, headers, '[]'))
    check(run)
    expect(run.status).toBe(200)
  })
})
