import { computed, signal } from '@preact/signals'
import { hrefOf, parseRoute, type Route } from './route.ts'

const hash = signal(isRoute(location.hash) ? location.hash : '')

/** Where the dashboard is now. */
export const route = computed<Route>(() => parseRoute(hash.value))

/** Begins to follow the address. */
export function startRouter(): void {
  addEventListener('hashchange', () => {
    if (isRoute(location.hash)) hash.value = location.hash
  })
}

export function goTo(href: string): void {
  location.hash = href
}

/** Changes the query of the address, without another entry in the browser's history; undefined removes a member. */
export function setQuery(changes: { readonly [name: string]: string | undefined }): void {
  const { page, path, query } = route.value
  const href = hrefOf(page, path, { ...query, ...changes })
  history.replaceState(null, '', href)
  hash.value = href
}

/** Whether it is an address within the dashboard; a token, which the link carries, is not. */
function isRoute(hash: string): boolean {
  return hash === '' || hash.startsWith('#/')
}
