import { hrefOf } from '../route.ts'

/** What the search may find. */
export type Find = { readonly text: string; readonly kind: string; readonly href: string }

/**
 * What matches a text, at most `limit`: what begins with it first. A text that is no page and no projection may be the
 * id of a stream, which only the server knows; so that is always offered last.
 */
export function findsFor(text: string, known: readonly Find[], limit = 12): readonly Find[] {
  const sought = text.trim().toLowerCase()
  if (sought === '') return known.slice(0, limit)
  const places = known
    .map((find) => ({ find, at: find.text.toLowerCase().indexOf(sought) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => Math.sign(a.at) - Math.sign(b.at))
  const stream = { text: text.trim(), kind: 'Stream of this id', href: hrefOf('streams', [text.trim()]) }
  return [...places.slice(0, limit - 1).map(({ find }) => find), stream]
}
