import { expect, test } from 'vitest'
import type { Item } from '../../../../src/cosmos-emulator/engine/types.ts'
import { runQuery } from '../../../../src/cosmos-emulator/query/run-query.ts'

const many = Array.from({ length: 100 }, (_, i) => i)
const document = { id: 'a', text: `${'a'.repeat(40)}!`, many, _rid: '' } as unknown as Item

test.each([
  ['a regular expression', 'SELECT * FROM c WHERE REGEXMATCH(c.text, "^(a+)+$")'],
  ['joins', 'SELECT VALUE 1 FROM c JOIN a IN c.many JOIN b IN c.many JOIN d IN c.many JOIN e IN c.many WHERE false'],
  [
    'queries within queries',
    'SELECT VALUE ARRAY(SELECT VALUE 1 FROM a IN c.many JOIN b IN c.many JOIN d IN c.many JOIN e IN c.many) FROM c',
  ],
])('%s that takes too long ends its query, and no other', (_, query) => {
  const failure = expect.objectContaining({ status: 408, code: 'RequestTimeout' })
  expect(() => runQuery({ query }, [document], { timeLimitMs: 50 })).toThrow(failure)
  const { rows } = runQuery({ query: 'SELECT VALUE REGEXMATCH(c.text, "^a+!$") FROM c' }, [document])
  expect(rows).toEqual([true])
})
