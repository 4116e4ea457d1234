import type { JsonObject } from '../../../core/json/json.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { SEALING, sealing } from '../../../integrity/chain/sealing/sealing.ts'
import { openChain } from '../../../integrity/open-chain.ts'
import type { Work } from '../../../processor/work.ts'
import { below, oneOf } from '../../conformance/support/random.ts'
import type { Ending } from '../checks/final-checks.ts'
import { createCall, type Line } from '../storage/network.ts'
import type { SkewedClock } from '../world/clock.ts'
import type { World } from '../world/world.ts'
import { createAuditors } from './auditors.ts'
import { chainEnding } from './final-checks.ts'
import { moveLeases } from './move-leases.ts'
import { createOutside, createSigner, ORIGIN } from './outside.ts'
import { watchSalts } from './watch-salts.ts'

/** The chain of a run: what its workers seal, and who audits it. */
export type ChainRun = {
  /** What seals in a worker's process. */
  work(port: StoragePort, line: Line, clock: SkewedClock): Promise<readonly Work[]>
  /** What has leases besides projections. */
  readonly consumers: readonly Pick<Work, 'name' | 'version'>[]
  /** What the metadata of the next event contain: some events were appended before there were salts. */
  salted(): JsonObject
  /** What happens at moments, and at most how often. */
  readonly happenings: readonly (readonly [most: number, happen: () => void])[]
  readonly ending: Ending
}

/** Creates the chain of a run. */
export function createChainRun(world: World, random: () => number): ChainRun {
  const outside = createOutside((reason) => world.fail(`a fork was signed: ${reason}`))
  const signer = createSigner(random)
  const options = { maxEvents: oneOf(random, [1, 3, 20, 4_096]), maxAge: oneOf(random, [0, 300, 5_000]) }
  const share = oneOf(random, [0, 0.5, 1])
  world.watchers.push(watchSalts(world))
  const auditors = createAuditors(world, outside, signer)
  let salts = 0
  return {
    async work(port, line, clock) {
      const anchors = [outside.reachedBy(createCall(world, line))]
      const chain = await openChain(port, { origin: ORIGIN, signer, anchors, clock })
      return [sealing(chain, options)]
    },
    consumers: [{ name: SEALING, version: 1 }],
    salted: () => (random() < share ? { salt: `salt ${++salts}` } : {}),
    happenings: [
      [3, () => auditors.look(below(random, 3) === 0 ? 'stream' : 'feed')],
      [2, () => moveLeases(world)],
    ],
    ending: chainEnding(world, auditors, outside, random),
  }
}
