import { describe, expect, it } from 'vitest'
import { usageError } from '../../../src/cli/support/usage-error.ts'

describe('an error of usage', () => {
  it.each([
    ["error: unknown command 'sho'\n(Did you mean show?)\n", "unknown command 'sho'. Did you mean show?"],
    ["error: unknown option '--jso'\n(Did you mean --json?)\n", "unknown option '--jso'. Did you mean --json?"],
    ["error: missing required argument 'stream'\n", "missing required argument 'stream'"],
  ])('of commander is one sentence: %j', (text, expected) => {
    expect(usageError(text)).toBe(expected)
  })
})
