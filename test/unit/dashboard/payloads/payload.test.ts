import { expect, it } from 'vitest'
import { payloadOf } from '../../../../src/dashboard/payloads/payload.ts'
import { plainJson } from '../../../../src/dashboard/payloads/plain-json.ts'

const SEALED = { amount: 3, $personal: [{ k: 'k1.1', f: ['email', 'name'], c: 'c2VhbGVk' }] }

it('names sealed members and shows neither them nor their ciphertext', () => {
  const { text } = payloadOf(SEALED, 'full')
  expect(JSON.parse(text)).toEqual({ amount: 3, email: '(sealed)', name: '(sealed)' })
  expect(text).not.toContain('c2VhbGVk')
})

it('tells the size of what it cuts', () => {
  const shown = payloadOf({ text: 'y'.repeat(1_000_000) }, 'full')
  expect(shown).toMatchObject({ bytes: 1_000_011, cut: true, masked: false })
  expect(Buffer.byteLength(shown.text)).toBeLessThanOrEqual(65_536)
})

it('shows nothing but the size where payloads are not to be shown', () => {
  expect(payloadOf({ secret: 'needle' }, 'none')).toEqual({ text: '', bytes: 19, cut: false, masked: true })
  expect(payloadOf({ secret: 'needle' }, 'keys')).toMatchObject({ text: '{\n  "secret": string\n}', masked: true })
})

it('shows a document of another program that is not JSON', () => {
  expect(payloadOf({ at: new Date(0), count: 1n }, 'full').text).toBe(
    '{\n  "at": "1970-01-01T00:00:00.000Z",\n  "count": 1\n}',
  )
})

it('copies states of Maps, Sets and Dates as JSON', () => {
  const state = { seen: new Set(['a']), by: new Map([['x', { at: new Date(0) }]]), none: undefined, big: 10n }
  expect(plainJson(state)).toEqual({ seen: ['a'], by: { x: { at: '1970-01-01T00:00:00.000Z' } }, big: '10n' })
})

it('copies a state that contains itself up to a depth', () => {
  const state: { self?: unknown } = {}
  state.self = state
  expect(JSON.stringify(plainJson(state))).toContain('(nested too deeply)')
})
