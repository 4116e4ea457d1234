import { setFlagsFromString } from 'node:v8'
import { expect, test } from 'vitest'
import type { JsonValue } from '../../../../src/cosmos-emulator/engine/types.ts'
import { EmulatedPartition } from '../../../support/emulated-partition.ts'

// Whatever belongs to another realm descends from another Object.prototype, and leads to that realm's Function.
const SEARCH = `
  var found = []
  function look(value, where) {
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return
    var oldest = value
    for (var up = Object.getPrototypeOf(value); up !== null; up = Object.getPrototypeOf(up)) oldest = up
    if (oldest !== value && oldest !== Object.prototype) found.push(where)
  }
  function answer(value) { getContext().getResponse().setBody(value) }`

const LIMIT_MS = 300

function run(text: string, timeoutMs = 5_000): JsonValue | undefined {
  const partition = new EmulatedPartition('s')
  partition.seed([{ id: 'a', stream: { id: 's', version: 1 } }])
  return partition.executeAll(text, [], {}, { timeoutMs }).body
}

const search = (body: string): JsonValue | undefined => run(`function () { ${SEARCH}\n${body} }`)

test('nothing of the host can be reached from the globals, however many steps it takes', () => {
  const reached = search(`
    var seen = new Set(), todo = [[this, 'this'], [getContext(), 'context'], [$server, '$server']]
    while (todo.length > 0) {
      var next = todo.pop(), value = next[0], where = next[1]
      if (seen.has(value)) continue
      seen.add(value)
      look(value, where)
      var prototype = Object.getPrototypeOf(value)
      if (prototype !== null) todo.push([prototype, where + '.__proto__'])
      Reflect.ownKeys(value).forEach(function (key) {
        var property = Reflect.getOwnPropertyDescriptor(value, key)
        ;[property.value, property.get, property.set].forEach(function (member) {
          var isObject = typeof member === 'object' && member !== null
          if (isObject || typeof member === 'function') todo.push([member, where + '.' + String(key)])
        })
      })
    }
    answer([seen.size > 500, found])`)
  expect(reached).toEqual([true, []])
})

test.each([
  [
    'errors of calls whose JSON was tampered with',
    `Object.prototype.toJSON = function () {}
     ;[__.getSelfLink, console.log, __.getAltLink].forEach(function (call) {
       try { call('x') } catch (error) { look(error, 'call') }
     })
     delete Object.prototype.toJSON`,
  ],
  [
    'handlers that the host gives to promises',
    `var promise = Promise.reject(1)
     function Species(executor) { look(executor, 'executor'); executor(function () {}, function () {}) }
     try { promise.constructor = { [Symbol.species]: Species } } catch (error) { look(error, 'constructor') }
     try { Object.defineProperty(Promise, Symbol.species, { value: Species }) } catch (error) { look(error, 'species') }
     Promise.prototype.then = function (a, b) { look(a, 'a'); look(b, 'b') }`,
  ],
  [
    'callers',
    'for (var f = arguments.callee, i = 0; f && i < 20; i++) { try { f = f.caller } catch (e) { look(e, i); f = 0 } look(f, i) }',
  ],
  [
    'stack traces and the places in them',
    `Error.prepareStackTrace = function (error, places) {
       look(error, 'error'); look(places, 'places')
       places.forEach(function (place) { look(place, 'place'); look(place.getThis(), 'this'); look(place.getFunction(), 'function') })
     }
     try { Error.stackTraceLimit = 50 } catch (error) { look(error, 'limit') }
     var object = {}
     Error.captureStackTrace(object)
     look(object.stack, 'captured'); look(new Error('x').stack, 'made')
     try { null.x } catch (error) { look(error.stack, 'thrown') }`,
  ],
  [
    'what the API lets be changed',
    `try { $server = {} } catch (error) { look(error, '$server') }
     try { $server.next = function () { return {} } } catch (error) { look(error, 'next') }
     try { Object.defineProperty(this, '$input', { get: function () { for (;;); } }) } catch (error) { look(error, '$input') }`,
  ],
  [
    'code made from strings',
    `;[eval, Function, (function* () {}).constructor, (async function () {}).constructor].forEach(function (make) {
       try { look(make('return 1'), 'made') } catch (error) { look(error, 'error'); if (error instanceof EvalError) return }
       found.push(String(make))
     })`,
  ],
])('no object of the host is among %s', (_, body) => {
  expect(search(`${body}\nanswer(found)`)).toEqual([])
})

test('no error is one of the host, even where the stack is exhausted', () => {
  const errors = search(`
    var calls = [
      function () { __.readDocuments(__.getSelfLink()) }, function () { console.log('x') },
      function () { new Error('x').stack }, function () { Error.captureStackTrace({}) }, function () { null.x },
      function () { eval('1') }, function () { JSON.parse('{') }, function () { answer('x') },
      function () { 'x'.localeCompare('y') }, function () { new RegExp('(') }, function () { Symbol() + '' },
    ]
    var depth = 0
    function exhaust() {
      try { exhaust() } catch (error) {
        look(error, 'exhausted')
        if (depth++ < 200) calls.forEach(function (call, i) {
          try { call() } catch (thrown) {
            look(thrown, i)
            try { look(thrown.stack, 'stack') } catch (again) { look(again, 'stack of ' + i) }
          }
        })
        throw error
      }
    }
    try { exhaust() } catch (error) { look(error, 'top') }
    answer([depth > 200, found])`)
  expect(errors).toEqual([true, []])
})

test('a global that a flag of Node.js adds is not there either', () => {
  setFlagsFromString('--expose-gc')
  try {
    expect(run('function () { __.response.setBody(typeof gc) }')).toBe('undefined')
  } finally {
    setFlagsFromString('--no-expose-gc')
  }
})

test('the keyword import is refused, and the word is not', () => {
  for (const text of [
    "function () { import('fs').catch(function (e) { e.constructor.constructor('return process')() }) }",
    "async function () { await import('fs') }",
    'function () { return import.meta }',
    "function () { return im\\u0070ort('fs') }",
  ]) {
    expect(() => run(text)).toThrow(expect.objectContaining({ status: 400 }))
  }
  const words =
    'function () { /* import */ var imported = { import: "import" }; __.response.setBody([imported.import]) }'
  expect(run(words)).toEqual(['import'])
})

test.each([
  ['while the text is evaluated', '(function () { for (;;); })()'],
  ['in the number of what is thrown', 'function () { throw { get number() { for (;;); } } }'],
  ['in the text of what is thrown', 'function () { throw { toString: function () { for (;;); } } }'],
  ['in a thrown proxy', 'function () { throw new Proxy({}, { get: function () { for (;;); } }) }'],
  ['in a promise', 'function () { Promise.resolve().then(function () { for (;;); }) }'],
  ['in promises that never end', 'function () { (function again() { Promise.resolve().then(again) })() }'],
  ['in the JSON of the answer', 'function () { __.response.setBody({ toJSON: function () { for (;;); } }) }'],
])('the time limit holds %s', (_, text) => {
  const begun = performance.now()
  expect(() => run(text, LIMIT_MS)).toThrow(expect.objectContaining({ status: 408 }))
  expect(performance.now() - begun).toBeGreaterThanOrEqual(LIMIT_MS)
})

test.each([
  [
    'leaves its function',
    'null) }); this.left = 1; $server.load(function () { return (function () { __.response.setBody(left) }',
  ],
  ['freezes the globals', 'function () { Object.freeze(this); __.readDocuments(__.getSelfLink()) }'],
  ...['{ operation: "query", argument: { query: {}, parameters: 7 } }', '{ failed: 1 }', '1', '[]'].map((forged) => [
    `forges the text of its calls as ${forged}`,
    `function () {
      var calls = 0
      Object.prototype.toJSON = function () { return calls++ === 0 ? ${forged} : undefined }
      __.readDocuments(__.getSelfLink())
    }`,
  ]),
  ...['{ body: "{" }', '{ body: 1 }', '{ failed: { text: { toString: 1, valueOf: 1 } } }'].map((forged) => [
    `forges the text of its end as ${forged}`,
    `function () {
      Object.prototype.toJSON = function () { return ${forged} }
      ${forged.includes('failed') ? 'throw 1' : ''}
    }`,
  ]),
])('a procedure that %s fails as a procedure', (_, text = '') => {
  expect(() => run(text)).toThrow(expect.objectContaining({ status: 400 }))
})

test('promises that nobody handles end with their run', () => {
  for (const body of [
    'Object.freeze(Promise.reject(1))',
    'class Own extends Promise {} ; Own.reject(1)',
    'var promise = Promise.reject(1); try { Object.defineProperty(promise, "constructor", { get: function () { throw 1 } }) } catch (e) {}',
    'Promise.reject(Promise.reject(1))',
    'try { Object.defineProperty(Promise, Symbol.species, { get: function () { for (;;); } }) } catch (e) {} ; Promise.reject(1)',
    '(async function* () { throw 1 })().next()',
    'for (var i = 0; i < 1000; i++) (async function () { throw i })()',
  ]) {
    expect(search(`${body}\nanswer('done')`)).toBe('done')
  }
})
