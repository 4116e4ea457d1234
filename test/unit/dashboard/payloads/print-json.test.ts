import fc from 'fast-check'
import { expect, it } from 'vitest'
import { printJson } from '../../../../src/dashboard/payloads/print-json.ts'

const whole = { most: Number.MAX_SAFE_INTEGER, keysOnly: false }
const keys = { most: Number.MAX_SAFE_INTEGER, keysOnly: true }

it('prints what parses to the same JSON', () => {
  fc.assert(
    fc.property(fc.json({ noUnicodeString: false }), (text) => {
      const value: unknown = JSON.parse(text)
      const printed = printJson(value, whole)
      expect(printed.cut).toBe(false)
      expect(JSON.parse(printed.text.replaceAll('≈', ''))).toEqual(value)
    }),
  )
})

it('marks integers beyond 2^53, which may have been rounded before, and writes others as they are', () => {
  expect(printJson([2 ** 53, 9007199254740991, -9007199254740992, 0.1, 1e300], whole).text).toBe(
    ['[', '  ≈9007199254740992,', '  9007199254740991,', '  ≈-9007199254740992,', '  0.1,', '  ≈1e+300', ']'].join(
      '\n',
    ),
  )
})

it('escapes what is invisible or turns the direction of text, in names and in values', () => {
  const { text } = printJson({ 'a\u202eb': 'x\u200b\u2066\n\u0007' }, whole)
  expect(text).toBe('{\n  "a\\u202eb": "x\\u200b\\u2066\\n\\u0007"\n}')
})

it('never prints more bytes than allowed, and whole characters only', () => {
  fc.assert(
    fc.property(fc.json({ noUnicodeString: false }), fc.nat({ max: 200 }), (text, most) => {
      const value: unknown = JSON.parse(text)
      const [printed, all] = [printJson(value, { most, keysOnly: false }), printJson(value, whole)]
      expect(Buffer.byteLength(printed.text)).toBeLessThanOrEqual(most)
      expect(all.text.startsWith(printed.text)).toBe(true)
      expect(printed.cut).toBe(Buffer.byteLength(all.text) > most)
    }),
  )
})

it('shows no value where only keys are to be shown', () => {
  const needle = 'needle-7f3a'
  const leaf = fc.constantFrom<unknown>(needle, 987654321.25, true, `x${needle}`)
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('node')),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('node')),
    ),
  })).node
  fc.assert(
    fc.property(value, (one) => {
      const { text } = printJson(one, keys)
      expect(text).not.toMatch(/needle|987654321|true/)
    }),
  )
})

it('prints the names and the types of members in place of values', () => {
  expect(printJson({ name: 'Ada', age: 36, tags: ['a'], gone: null, none: {} }, keys).text).toBe(
    '{\n  "name": string,\n  "age": number,\n  "tags": [\n    string\n  ],\n  "gone": null,\n  "none": {}\n}',
  )
})

it('stops at the limit, however much comes after it', () => {
  let visited = 0
  const huge = new Proxy<unknown[]>(Array.from({ length: 1_000_000 }), {
    get(target, name, receiver) {
      if (typeof name === 'string' && /^\d+$/.test(name)) visited++
      return Reflect.get(target, name, receiver) ?? 'a text of thirty characters ...'
    },
  })
  const { text, cut } = printJson(huge, { most: 65_536, keysOnly: false })
  expect(cut).toBe(true)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536)
  expect(visited).toBeLessThan(3_000)
})

it('cuts one text of 30 MB without a copy of it', () => {
  // Repeated, it would be a tree of parts, which the first look at it copies into one.
  const text = Buffer.alloc(30_000_000, 'x').toString('latin1')
  const before = process.memoryUsage().heapUsed
  expect(printJson({ text }, { most: 65_536, keysOnly: false })).toMatchObject({ cut: true })
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000)
})
