import { isErased } from '../core/reading/is-erased.ts'
import { type Copied, type CopyOptions, copyLog } from './copy-log.ts'
import { type Difference, type Verification, verifyCopy } from './verify.ts'

/** What was copied, and the result of the comparison. */
export type Moved = { readonly copied: Copied; readonly verification: Verification }

/**
 * Copies a log and verifies the copy. What was erased at the source after it was copied is also erased at the target.
 *
 * @throws as `copyLog` does
 */
export async function moveLog(options: CopyOptions): Promise<Moved> {
  const copied = await copyLog(options)
  let verification = await verifyCopy(options)
  while (await finishErasures(options, verification.differences)) verification = await verifyCopy(options)
  return { copied, verification }
}

// Erasure proceeds from the end of a stream downwards, so the surplus events of the target are the ones it erases
// first.
async function finishErasures({ source, target }: CopyOptions, differences: readonly Difference[]): Promise<boolean> {
  let erased = false
  for (const { streamId, ended: hash, source: here, target: there } of differences) {
    if (hash === undefined || there.events <= here.events) continue
    // Besides the tombstone, the source returns as many events as there are below the first erased one.
    if (!(await isErased(source, { streamId, hash }, here.events))) continue
    await target.events.erase(streamId, { limit: there.events - here.events })
    erased = true
  }
  return erased
}
