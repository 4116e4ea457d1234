import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { sourceEntries } from '../../../scripts/source-entries.ts'

// Given to `node --import`: the package's own name leads to its sources, for programs that stand outside of it.

const root = new URL('../../../', import.meta.url)
const entries = sourceEntries(readFileSync(new URL('package.json', root), 'utf8'))

registerHooks({
  resolve(specifier, context, next) {
    const source = entries[specifier]
    return source === undefined ? next(specifier, context) : next(new URL(source, root).href, context)
  },
})
