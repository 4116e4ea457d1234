import { describe, expect, it, vi } from 'vitest'
import { isConfirmed } from '../../../../src/cli/support/confirm.ts'

async function answer(given: boolean | undefined, yes = false) {
  const endWith = vi.fn()
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    const confirmed = await isConfirmed({ endWith }, yes, 'Sure?', async () => given)
    return { confirmed, codes: endWith.mock.calls.flat(), said: said.mock.calls.flat() }
  } finally {
    said.mockRestore()
  }
}

describe('what cannot be undone', () => {
  it('is done when somebody confirms it, or --yes is given', async () => {
    expect(await answer(true)).toEqual({ confirmed: true, codes: [], said: [] })
    expect(await answer(false, true)).toEqual({ confirmed: true, codes: [], said: [] })
  })

  it('is not done when somebody declines, and the exit code says so', async () => {
    expect(await answer(false)).toEqual({ confirmed: false, codes: [4], said: ['Nothing changed\n'] })
  })

  it('is not done where there is no terminal, and the output says how to confirm it', async () => {
    const said = [expect.stringContaining('--yes')]
    expect(await answer(undefined)).toEqual({ confirmed: false, codes: [4], said })
  })
})
