import assert from 'node:assert/strict'
import { TidemarkError } from '../../../core/errors/base.ts'

/** Checks that `action` rejects with a TidemarkError of that code, and returns the error. */
export async function rejectsWith(
  code: string | readonly string[],
  action: () => Promise<unknown>,
  what = 'the call',
): Promise<TidemarkError & Readonly<Record<string, unknown>>> {
  const codes = typeof code === 'string' ? [code] : code
  const outcome = await action().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if (!('error' in outcome)) assert.fail(`${what} should reject with ${codes.join(' or ')}, but resolved`)
  const { error } = outcome
  if (!(error instanceof TidemarkError) || !codes.includes(error.code)) {
    const found = error instanceof TidemarkError ? error.code : String(error)
    assert.fail(`${what} should reject with ${codes.join(' or ')}, but rejected with ${found}`)
  }
  return error as TidemarkError & Readonly<Record<string, unknown>>
}

/** The result of `promise`, or a failure after that many milliseconds. */
export async function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new assert.AssertionError({ message: `${what} took more than ${milliseconds} ms` })),
      milliseconds,
    )
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
