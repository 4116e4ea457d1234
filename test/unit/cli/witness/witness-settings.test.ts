import { expect, test } from 'vitest'
import { readWitnessSettings } from '../../../../src/cli/witness/witness-settings.ts'

test('a witness gets its logs from a variable: each origin is followed by the keys of its signers', () => {
  const { logs } = readWitnessSettings({ WITNESS_LOGS: ' acme/a acme/a+12345678+AQ==\n acme/b k+1+A l+2+B ' })
  expect(logs).toEqual([
    { origin: 'acme/a', keys: ['acme/a+12345678+AQ=='] },
    { origin: 'acme/b', keys: ['k+1+A', 'l+2+B'] },
  ])
})

test('logs that are named as options count instead of the variable', () => {
  const named = [
    { kind: 'origin', text: 'acme/a' },
    { kind: 'key', text: 'a+1+A' },
  ] as const
  expect(readWitnessSettings({ WITNESS_LOGS: 'acme/b b+1+A' }, named).logs).toEqual([
    { origin: 'acme/a', keys: ['a+1+A'] },
  ])
})

test('a witness without other settings listens on this machine only', () => {
  expect(readWitnessSettings({ WITNESS_LOGS: 'a a+1+A' })).toMatchObject({
    host: '127.0.0.1',
    port: 3100,
    folder: './witness',
    name: undefined,
  })
})

test.each([
  ['', /name a log/],
  ['a+1+A', /needs the origin/],
  ['acme/a', /needs the verifier key/],
  ['acme/a acme/b b+1+A', /acme\/a needs the verifier key/],
  ['acme/a a+1+A acme/a a+1+A', /named twice/],
])('the logs %j are refused', (text, message) => {
  expect(() => readWitnessSettings({ WITNESS_LOGS: text })).toThrow(
    expect.objectContaining({ code: 'InvalidConfiguration', message: expect.stringMatching(message) }),
  )
})
