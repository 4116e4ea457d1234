import type { IncomingHttpHeaders } from 'node:http'
import { Refused } from './refused.ts'

/**
 * Refuses a request that another page than the dashboard's own may have sent. That the origin, where there is one, is
 * the requested host was checked before; other ports of a host share its cookies, so the same site is not enough.
 *
 * @param changes whether the request may change something: then the browser must say where it comes from
 * @throws Refused
 */
export function assertSameOrigin(
  { origin, 'sec-fetch-site': site }: IncomingHttpHeaders,
  { changes }: { readonly changes: boolean },
): void {
  const isSame = site === undefined ? origin !== undefined || !changes : site === 'same-origin'
  if (isSame || (!changes && site === 'none')) return
  throw new Refused(
    403,
    'CrossOriginRequest',
    'The request must come from a page of the dashboard: it needs Sec-Fetch-Site: same-origin, or its Origin',
  )
}
