import { HandlerFailed } from '../core/errors/view.ts'
import { withheld } from '../core/errors/withheld.ts'
import type { FoldedEvent, Projection } from './projection.ts'

/**
 * The failure of a projection's own code. Of code that gets personal data, it does not contain the message.
 *
 * @param key the view that was folded, or null if the key function failed
 */
export const failureOf = (
  { name, readsPersonal }: Pick<Projection, 'name' | 'readsPersonal'>,
  key: string | null,
  event: FoldedEvent,
  cause: unknown,
): HandlerFailed => new HandlerFailed(name, key, event, { cause: readsPersonal ? withheld(cause) : cause })
