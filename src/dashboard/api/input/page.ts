import { textOf, wholeNumberOf } from './query.ts'

/** Which page of a list is asked for, newest first. @throws InvalidOption */
export function pageOf(query: URLSearchParams): { readonly limit: number; readonly before?: string } {
  const before = textOf(query, 'before')
  const limit = wholeNumberOf(query, 'limit', { least: 1, most: 200 }) ?? 50
  return { limit, ...(before !== undefined && { before }) }
}
