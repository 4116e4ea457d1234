/** Where the dashboard is: everything that it shows follows from this, so that an address can be passed on. */
export type Route = {
  /** The page's name; empty for the first one. */
  readonly page: string
  /** What follows it, decoded: `['meter-overview', '3']`. */
  readonly path: readonly string[]
  readonly query: { readonly [name: string]: string }
}

/** Reads `#/projections/meter-overview/3?range=0-4000`. A part that is not percent-encoded properly is taken as it is. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#?\/?/, ''), '?')
  const [page = '', ...rest] = path.split('/').map(decode)
  return { page, path: rest.filter((part) => part !== ''), query: Object.fromEntries(new URLSearchParams(query)) }
}

/** The address of a page: `hrefOf('projections', ['meter-overview', '3'], { range: '0-4000' })`. */
export function hrefOf(
  page: string,
  path: readonly (string | number)[] = [],
  query: { readonly [name: string]: string | number | undefined } = {},
): string {
  const parts = [page, ...path].map((part) => encodeURIComponent(part)).join('/')
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return `#/${parts}${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
