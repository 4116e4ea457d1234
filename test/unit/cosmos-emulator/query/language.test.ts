import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../../../src/cosmos-emulator/engine/types.ts'
import { documentsOf, rowsOf } from './documents.ts'

const people = documentsOf([
  { id: 'ann', age: 30, tags: ['a', { k: 1 }], address: { city: 'Ghent', zip: 9000 }, nick: null },
  { id: 'bob', age: 20, tags: [], address: { city: 'Oslo' }, order: 1 },
  { id: 'cid', age: '20', address: null },
  { id: 'dot' },
])

const idsWhere = (condition: string, parameters = {}): unknown[] =>
  rowsOf(`SELECT VALUE c.id FROM c WHERE ${condition}`, people, parameters)

const evaluated = (expression: string, parameters = {}): unknown =>
  rowsOf(`SELECT VALUE [${expression}]`, [], parameters)[0]

describe('conditions', () => {
  test.each<[string, string[]]>([
    ['c.age = 20', ['bob']],
    ['c.age != 20', ['ann', 'cid']],
    ['NOT (c.age = 20)', ['ann', 'cid']],
    ['c.age > 10', ['ann', 'bob']],
    ['NOT (c.age > 20)', ['bob']],
    ['c.nick = null', ['ann']],
    ['c.nick != null', []],
    ['c.address != null', ['ann', 'bob']],
    ['c.missing = undefined', []],
    ['c.age = 20 OR c.missing = 1', ['bob']],
    ['c.age = 30 AND c.address.city = "Ghent"', ['ann']],
    ['c.age = 30 OR c.age = 20 AND c.missing = 1', ['ann']],
    ['(c.age = 30 OR c.age = 20) AND c.missing = 1', []],
    ['c.age BETWEEN 20 AND 30', ['ann', 'bob']],
    ['c.age NOT BETWEEN 25 AND 35', ['bob']],
    ['c.id IN ("ann", "dot")', ['ann', 'dot']],
    ['c.age NOT IN (20, 30)', ['cid']],
    ['c["address"]["city"] = "Oslo"', ['bob']],
    ["c['order'] = 1", ['bob']],
    ['c.tags[0] = "a"', ['ann']],
    ['c.address = {"zip": 9000, "city": "Ghent"}', ['ann']],
    ['c.id LIKE "%o%"', ['bob', 'dot']],
    ['c.id LIKE "_o_"', ['bob', 'dot']],
    ['c.id LIKE "[ab]%"', ['ann', 'bob']],
    ['c.id NOT LIKE "%o%"', ['ann', 'cid']],
    ['ARRAY_CONTAINS(c.tags, {"k": 1})', ['ann']],
    ['ARRAY_CONTAINS(["ann", "x"], c.id)', ['ann']],
    ['ARRAY_CONTAINS([1], c.missing)', []],
    ['EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = "a")', ['ann']],
    ['IS_DEFINED(c.nick)', ['ann']],
    ['IS_NULL(c.nick)', ['ann']],
    ['IS_STRING(c.age)', ['cid']],
    ['IS_NUMBER(c.age)', ['ann', 'bob']],
    ['NOT IS_DEFINED(c.age)', ['dot']],
    ['STARTSWITH(c.id, "B", true)', ['bob']],
    ['STARTSWITH(c.id, "B")', []],
    ['c.age', []],
    ['true', ['ann', 'bob', 'cid', 'dot']],
  ])('%s', (condition, ids) => {
    expect(idsWhere(condition)).toEqual(ids)
  })

  test('NOT binds more closely than a comparison', () => {
    expect(idsWhere('NOT c.age = 20')).toEqual([])
  })

  test('parameters are data and nothing else', () => {
    expect(idsWhere('c.id = @id', { id: '" OR true --' })).toEqual([])
    expect(idsWhere('ARRAY_CONTAINS(@ids, c.id)', { ids: ['bob', 'cid'] })).toEqual(['bob', 'cid'])
    expect(idsWhere('c[@path].city = "Oslo"', { path: 'address' })).toEqual(['bob'])
    expect(idsWhere('c.address = @address', { address: { city: 'Oslo' } })).toEqual(['bob'])
  })

  test('what every object inherits is no property', () => {
    expect(idsWhere('IS_DEFINED(c.constructor) OR IS_DEFINED(c["__proto__"]) OR IS_DEFINED(c.tags.length)')).toEqual([])
  })
})

describe('expressions', () => {
  test.each<[string, JsonValue]>([
    ['1 + 2 * 3', [7]],
    ['(1 + 2) * 3', [9]],
    ['7 % 4 - -1', [4]],
    ['1 / 0', []],
    ['"a" || "b"', ['ab']],
    ['"a" + 1', []],
    ['6 & 3, 6 | 3, 6 ^ 3, ~0, 1 << 3', [2, 7, 5, -1, 8]],
    ['true ? 1 : 2, null ? 1 : 2', [1, 2]],
    ['undefined ?? 1, null ?? 1', [1, null]],
    ['1 < 2, "b" > "a", false < true, 1 < "2"', [true, true, true]],
    ['1 = "1", null = false, [1] = [1], {"a": 1} = {"a": 1, "b": 2}', [false, false, true, false]],
    ['undefined = 1', []],
    ['true AND undefined, false AND undefined, true OR undefined', [false, true]],
    ['"\\u0041\\n\\"", \'it\\\'s\'', ['A\n"', "it's"]],
    ['1e3, 0x10, .5', [1000, 16, 0.5]],
    ['{"a": undefined, b: 1}', [{ b: 1 }]],
    ['LENGTH("abc"), UPPER("a"), CONCAT("a", "b", "c")', [3, 'A', 'abc']],
    ['SUBSTRING("abcd", 1, 2), LEFT("abc", 2), RIGHT("abc", 2), INDEX_OF("abc", "c")', ['bc', 'ab', 'bc', 2]],
    ['REPLACE("aXbX", "X", "$&"), REVERSE("abc"), TRIM(" a ")', ['a$&b$&', 'cba', 'a']],
    ['CONTAINS("abc", "B", true), ENDSWITH("abc", "c"), STRINGEQUALS("a", "A")', [true, true, false]],
    ['ABS(-1), ROUND(2.5), FLOOR(1.9), POWER(2, 3), SQRT(-1)', [1, 3, 1, 8]],
    ['ARRAY_LENGTH([1, 2]), ARRAY_SLICE([1, 2, 3], 1), ARRAY_CONCAT([1], [2])', [2, [2, 3], [1, 2]]],
    ['ARRAY_CONTAINS([{"a": 1, "b": 2}], {"a": 1}), ARRAY_CONTAINS([{"a": 1, "b": 2}], {"a": 1}, true)', [false, true]],
    ['StringToNumber("1.5"), ToString(1), ToString([1]), StringToNumber("x")', [1.5, '1', '[1]']],
    ['REGEXMATCH("abc", "^A", "i"), IIF(1 = 1, "y", "n")', [true, 'y']],
    ['SetIntersect([1, 2], [2]), SetUnion([1], [1, 2])', [[2], [1, 2]]],
    [
      'IS_ARRAY([]), IS_OBJECT({}), IS_BOOL(false), IS_PRIMITIVE(null), IS_INTEGER(1.5)',
      [true, true, true, true, false],
    ],
    ['-- a comment\n 1 /* and another */', [1]],
  ])('%s', (expression, value) => {
    expect(evaluated(expression)).toEqual(value)
  })
})

describe('what is selected', () => {
  test.each<[string, unknown]>([
    ['SELECT c.id, c.address.city AS town, c.age + 1, c.tags[0] FROM c', { id: 'ann', town: 'Ghent', $1: 31, $2: 'a' }],
    ['SELECT c.id who, c["nick"] FROM c', { who: 'ann', nick: null }],
    ['SELECT VALUE {"a": c.id, "none": c.none} FROM c', { a: 'ann' }],
    ['SELECT {"a": c.id} AS x FROM c', { x: { a: 'ann' } }],
    ['SELECT c FROM c', { c: people[0] }],
    ['SELECT * FROM c', people[0]],
    ['SELECT * FROM root', people[0]],
    ['SELECT p.id FROM people AS p', { id: 'ann' }],
    ['SELECT * FROM people.address', { city: 'Ghent', zip: 9000 }],
    ['SELECT VALUE t FROM t IN c.tags', 'a'],
    ['SELECT c.id, t.k FROM c JOIN t IN c.tags WHERE IS_OBJECT(t)', { id: 'ann', k: 1 }],
    ['SELECT t.k FROM c JOIN (SELECT VALUE t FROM t IN c.tags WHERE IS_OBJECT(t)) AS t', { k: 1 }],
    ['SELECT VALUE ARRAY(SELECT VALUE t.k FROM t IN c.tags) FROM c', [1]],
    ['SELECT VALUE (SELECT VALUE COUNT(1) FROM t IN c.tags) FROM c', 2],
    ['SELECT a.x FROM c JOIN (SELECT c.age + 1 AS x) AS a', { x: 31 }],
  ])('%s', (query, first) => {
    expect(rowsOf(query, people)[0]).toEqual(first)
  })

  test('rows that are undefined are left out, members too', () => {
    expect(rowsOf('SELECT VALUE c.nick FROM c', people)).toEqual([null])
    expect(rowsOf('SELECT c.nick FROM c', people)).toEqual([{ nick: null }, {}, {}, {}])
  })

  test('the collection is known by its alias only', () => {
    expect(() => rowsOf('SELECT c.id FROM c AS d', people)).toThrow("Identifier 'c' could not be resolved.")
  })
})

describe('gathering rows', () => {
  const sales = documentsOf([
    { shop: 'a', amount: 1 },
    { shop: 'b', amount: 2 },
    { shop: 'a', amount: 3 },
    { shop: null, amount: 'x' },
    { amount: 5 },
  ])

  test.each<[string, unknown[]]>([
    ['SELECT VALUE COUNT(1) FROM c', [5]],
    ['SELECT VALUE COUNT(c.shop) FROM c', [4]],
    ['SELECT VALUE SUM(c.amount) FROM c WHERE IS_NUMBER(c.amount)', [11]],
    ['SELECT VALUE SUM(c.amount) FROM c', []],
    ['SELECT VALUE AVG(c.amount) FROM c WHERE c.shop = "a"', [2]],
    ['SELECT VALUE MIN(c._ts) FROM c', [1000]],
    ['SELECT VALUE MAX(c.amount) FROM c', ['x']],
    ['SELECT VALUE MIN(c.amount) FROM c WHERE false', []],
    ['SELECT VALUE COUNT(1) FROM c WHERE false', [0]],
    ['SELECT COUNT(1) AS n, MAX(c.amount) AS most FROM c WHERE c.shop = "a"', [{ n: 2, most: 3 }]],
    ['SELECT VALUE COUNT(1) + 1 FROM c', [6]],
    ['SELECT DISTINCT VALUE c.shop FROM c', ['a', 'b', null]],
    ['SELECT DISTINCT c.shop FROM c', [{ shop: 'a' }, { shop: 'b' }, { shop: null }, {}]],
    [
      'SELECT c.shop, COUNT(1) AS n FROM c GROUP BY c.shop',
      [{ shop: 'a', n: 2 }, { shop: 'b', n: 1 }, { shop: null, n: 1 }, { n: 1 }],
    ],
    ['SELECT VALUE SUM(c.amount) FROM c WHERE IS_DEFINED(c.shop) GROUP BY c.shop', [4, 2]],
    ['SELECT TOP 2 VALUE c.amount FROM c', [1, 2]],
    ['SELECT VALUE c.amount FROM c OFFSET 1 LIMIT 2', [2, 3]],
    ['SELECT VALUE c.amount FROM c ORDER BY c.amount DESC OFFSET 1 LIMIT 2', [5, 3]],
    ['SELECT DISTINCT VALUE c.shop FROM c ORDER BY c.shop DESC', ['b', 'a', null]],
  ])('%s', (query, rows) => {
    expect(rowsOf(query, sales)).toEqual(rows)
  })

  test('TOP, OFFSET and LIMIT take parameters', () => {
    expect(rowsOf('SELECT TOP @n VALUE c.amount FROM c', sales, { n: 2 })).toEqual([1, 2])
    expect(rowsOf('SELECT VALUE c.amount FROM c OFFSET @n LIMIT @n', sales, { n: 2 })).toEqual([3, 'x'])
    expect(() => rowsOf('SELECT TOP @n * FROM c', sales, { n: -1 })).toThrow('not negative')
  })
})
