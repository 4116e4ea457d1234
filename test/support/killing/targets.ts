import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cutRange } from '../../../src/adapters/embedded/cut-range.ts'
import { startCosmosEmulator } from '../../../src/cosmos-emulator/index.ts'

/** A storage that several processes open by its URL, to be killed while they use it. */
export type KillTarget = {
  readonly name: string
  /** Whether few are killed here, and the rest is left to the soak. */
  readonly few: boolean
  /** Milliseconds by which work takes longer than in a folder, all processes being on this machine. */
  readonly slack: number
  /** Makes an empty one; it is gone when it is disposed of. */
  make(): Promise<MadeTarget>
}

/** An empty storage. */
export type MadeTarget = AsyncDisposable & {
  readonly url: string
  /** Cuts the feed range that holds a hash there, while others use it. */
  cut(hash: string): void
}

/** Minutes that each test of a soak takes; 0 where this is none. */
export const SOAK_MINUTES = Number(process.env.TIDEMARK_SOAK_MINUTES || 0)

const isSoak = SOAK_MINUTES > 0

const embedded: KillTarget = {
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
const cosmos = (append: 'procedure' | 'batch', partitions: number): KillTarget => ({
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

/** What the kill tests run over: an adapter joins them here. The rest of each database is left to the soak. */
export const killTargets: readonly KillTarget[] = [
  embedded,
  cosmos('procedure', 4),
  cosmos('batch', isSoak ? 4 : 1),
  ...(isSoak ? [cosmos('procedure', 1), cosmos('batch', 1)] : []),
]
