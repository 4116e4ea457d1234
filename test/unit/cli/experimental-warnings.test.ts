import { afterEach, expect, it, vi } from 'vitest'
import { hideExperimentalWarnings } from '../../../src/cli/support/experimental-warnings.ts'

const { emitWarning } = process
afterEach(() => {
  process.emitWarning = emitWarning
})

it('hides what Node 22 says of SQLite and of stripped types, and nothing else', () => {
  const emitted = vi.fn()
  process.emitWarning = emitted
  hideExperimentalWarnings()
  process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning')
  process.emitWarning('Type Stripping is an experimental feature and might change at any time', 'ExperimentalWarning')
  expect(emitted).not.toHaveBeenCalled()
  process.emitWarning('WASI is an experimental feature', 'ExperimentalWarning')
  process.emitWarning('SQLite is an experimental feature', 'DeprecationWarning')
  process.emitWarning(new Error('SQLite is an experimental feature'))
  expect(emitted).toHaveBeenCalledTimes(3)
})
