import { withDeadline } from '../../../core/async/deadline.ts'
import { TidemarkError } from '../../../core/errors/base.ts'
import { AnchorUnavailable, ForeignOrigin } from '../../../core/errors/integrity.ts'
import type { ChainContext } from '../../chain/chain-context.ts'
import { headIn } from '../../notes/head-text.ts'
import type { Anchor } from '../anchor.ts'
import type { TreeHead } from '../head.ts'

/** What an anchor keeps: a head, none, or the reason why that is not known. */
export type Kept =
  | { readonly anchor: Anchor; readonly head: TreeHead | undefined }
  | { readonly anchor: Anchor; readonly error: TidemarkError }

/** Milliseconds that an anchor may take. Those of Tidemark give up earlier. */
const DEADLINE = 60_000

/** Reads the newest head of each anchor, all of them at once. */
export const readAnchors = (context: Pick<ChainContext, 'anchors' | 'origin' | 'clock'>): Promise<readonly Kept[]> =>
  Promise.all(context.anchors.map((anchor) => readAnchor(context, anchor)))

/** Reads the newest head of an anchor. */
export async function readAnchor(
  { origin, clock }: Pick<ChainContext, 'origin' | 'clock'>,
  anchor: Anchor,
): Promise<Kept> {
  try {
    const note = await atAnchor(clock, anchor, () => anchor.latest(origin))
    if (note === undefined) return { anchor, head: undefined }
    const head = headIn(note)
    // The head of another chain says nothing about this one.
    return head.origin === origin
      ? { anchor, head }
      : { anchor, error: new ForeignOrigin(`The head of ${anchor.name}`, origin, head.origin) }
  } catch (error) {
    return { anchor, error: toTidemarkError(anchor, error) }
  }
}

/** Calls an anchor, for at most a minute. @throws AnchorUnavailable; what the call throws */
export const atAnchor = <T>(clock: ChainContext['clock'], { name }: Anchor, call: () => Promise<T>): Promise<T> =>
  withDeadline(clock, DEADLINE, call(), () => new AnchorUnavailable(`${name}: did not answer within ${DEADLINE} ms`))

/** An error of an anchor. What is not an error of Tidemark may contain a secret, and is only the cause. */
export const toTidemarkError = ({ name }: Anchor, error: unknown): TidemarkError =>
  error instanceof TidemarkError ? error : new AnchorUnavailable(`${name}: unexpected error`, { cause: error })
