import { posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Rolldown } from 'tsdown'

const sources = fileURLToPath(new URL('../../src/', import.meta.url))

/**
 * Keeps `import.meta.url` that of the source file, also where the code of many files ends up in one chunk: worker
 * threads, processes and stored procedures are found by URLs relative to it, and no import leads to them.
 */
export const sourceUrls: Rolldown.Plugin = {
  name: 'source-urls',
  transform(code, id) {
    if (!id.startsWith(sources) || !code.includes('import.meta.url')) return
    const path = relative(sources, id).replaceAll(sep, '/').replace(/\.ts$/, '.js')
    return code.replaceAll('import.meta.url', `SOURCE_URL(${JSON.stringify(path)})`)
  },
  renderChunk(code, { fileName }) {
    if (!code.includes('SOURCE_URL(')) return
    return code.replace(/SOURCE_URL\("([^"]+)"\)/g, (_, path: string) => {
      const fromChunk = posix.relative(posix.dirname(fileName), path)
      return `new URL(${JSON.stringify(fromChunk)}, import.meta.url).href`
    })
  },
}
