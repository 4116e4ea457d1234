import { decodePosition, encodePosition } from '../../../core/positions/position-token.ts'
import { positionOf } from '../../../http/position-header.ts'
import type { RequestHeaders } from '../../../http/request-headers.ts'
import type { Reaction } from '../../../reactions/reaction.ts'
import type { Rule } from '../../../rules/index.ts'
import type { Storage } from '../../../views/with-views.ts'
import onOrderPlaced from '../worker/on-order-placed.ts'
import onProductAdded from '../worker/on-product-added.ts'
import onUserLogin from '../worker/on-user-login.ts'

const RULES: readonly Rule[] = [onUserLogin, onProductAdded, onOrderPlaced]

/**
 * Creates a function that waits until all rules have taken what the position of a request names.
 *
 * @param options.timeout the longest wait, in milliseconds
 * @param options.signal ends all waits
 * @returns a function that throws as `views.waitFor` does
 */
export function ruleWaiter(
  storage: Storage,
  { timeout, signal }: { readonly timeout: number; readonly signal: AbortSignal },
): (headers: RequestHeaders) => Promise<void> {
  // A rule is a reaction, and its progress is that of a projection with streams as keys.
  const reactions = RULES.map((rule) => rule.reactions(storage)[0] as Reaction)
  return async (headers) => {
    const position = positionOf(headers)
    if (position === null) return
    const { incarnation, marks } = decodePosition(position)
    const streams = [...Map.groupBy(marks, ({ streamId }) => streamId)]
    await Promise.all(
      streams.flatMap(([streamId, marks]) => {
        const part = encodePosition({ incarnation, marks })
        return reactions.map((rule) => storage.views.waitFor(rule, streamId, part, { timeout, signal }))
      }),
    )
  }
}
