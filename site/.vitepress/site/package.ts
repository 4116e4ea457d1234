import { readFileSync } from 'node:fs'

const { version: released, repository } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
) as { readonly version: string; readonly repository: { readonly url: string } }

/** The version that the pages describe, as readers write it. */
export const version = `v${released}`

/** Where the sources are, for links to them and for editing pages. */
export const REPOSITORY = repository.url.replace(/^git\+(.*)\.git$/, '$1')
