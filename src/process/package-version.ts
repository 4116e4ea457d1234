import { readFileSync } from 'node:fs'

/** The version of this package, as its package.json states it. */
export function packageVersion(): string {
  // The same depth in the repository and in what is published.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}
