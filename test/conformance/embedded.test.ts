import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedPort } from '../../src/adapters/embedded/index.ts'
import type { ConformanceAdapter } from '../../src/testing/conformance/index.ts'
import { loseTail } from '../support/embedded/lose-tail.ts'
import { runConformance } from '../support/run-conformance.ts'

function embedded(ranges: number): ConformanceAdapter {
  const folders = new Map<object, string>()
  const keep = <P extends object>(port: P, folder: string): P => {
    folders.set(port, folder)
    return port
  }
  return {
    ranges,
    async open(options) {
      const folder = await mkdtemp(join(tmpdir(), 'tidemark-'))
      return keep(await openEmbeddedPort(folder, { ...options, ranges }), folder)
    },
    async reopen(port, options) {
      const folder = folders.get(port) as string
      return keep(await openEmbeddedPort(folder, options), folder)
    },
    loseTail: async (port, streamId, from) => loseTail(folders.get(port) as string, streamId, from),
    async cleanUp() {
      for (const folder of folders.values()) await rm(folder, { recursive: true, force: true })
    },
  }
}

// How many ranges there are matters to the feed, and to nothing else.
const isAboutFeed = (group: string): boolean => /^(change feed|positions|as written|log identity)\b/.test(group)

runConformance('embedded, feed ranges: 4', () => embedded(4))
runConformance('embedded, feed ranges: 1', () => embedded(1), { only: isAboutFeed })
