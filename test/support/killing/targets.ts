import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cutRange } from '../../../src/adapters/embedded/slots/cut-range.ts'
import { startCosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { canStartServers } from '../mongo/server.ts'
import { mongo } from './mongo.ts'
import type { CutTarget, KillTarget } from './target.ts'

/** Minutes that each test of a soak takes; 0 where this is none. */
export const SOAK_MINUTES = Number(process.env.TIDEMARK_SOAK_MINUTES || 0)

const isSoak = SOAK_MINUTES > 0

const embedded: CutTarget = {
  name: 'in a folder',
  few: false,
  slack: 0,
  async make() {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-killed-'))
    return {
      url: `file:${folder}?ranges=4`,
      cut: (hash) => cutRange(folder, hash),
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    }
  },
}

const DATABASE = 'killed'

/** The emulator runs in this process, which is not killed, as a server is not that its clients lose. */
const cosmos = (append: 'procedure' | 'batch', partitions: number): CutTarget => ({
  name: `on Azure Cosmos DB, append by ${append}, physical partitions: ${partitions}`,
  few: !isSoak,
  slack: 500,
  async make() {
    const emulator = await startCosmosEmulator({ partitions })
    return {
      url: `cosmos-emulator://${new URL(emulator.endpoint).host}/${DATABASE}?append=${append}`,
      cut(hash) {
        const there = emulator.partitions(DATABASE, 'events').find(({ min, max }) => min < hash && hash < max)
        if (there === undefined) throw new RangeError(`No physical partition can be cut at ${hash}`)
        emulator.split(DATABASE, 'events', there.id, hash)
      },
      [Symbol.asyncDispose]: () => emulator.close(),
    }
  },
})

/** How often something is killed, of so many times in a full run. */
export const killsOf = ({ few }: KillTarget, most: number): number => (few ? Math.min(most, 3) : most)

/** Those whose feed ranges can be cut. The rest of each database is left to the soak. */
export const cutTargets: readonly CutTarget[] = [
  embedded,
  cosmos('procedure', 4),
  cosmos('batch', isSoak ? 4 : 1),
  ...(isSoak ? [cosmos('procedure', 1), cosmos('batch', 1)] : []),
]

const mongoTargets = (await canStartServers()) ? [mongo(8, isSoak), ...(isSoak ? [mongo(1, true)] : [])] : []

/** What the kill tests run over: an adapter joins them here. `npm run test:mongo` is about one of them only. */
export const killTargets: readonly KillTarget[] =
  process.env.TIDEMARK_TEST_MONGO === 'required' ? mongoTargets : [...cutTargets, ...mongoTargets]
