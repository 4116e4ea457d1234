import type { Signer } from '../../../integrity/heads/signer.ts'
import { openChain } from '../../../integrity/open-chain.ts'
import type { VerifyOptions, VerifyReport } from '../../../integrity/verify/report.ts'
import { verifyChain } from '../../../integrity/verify/verify-chain.ts'
import { faultyPort } from '../storage/faulty-port.ts'
import { createCall, type Line } from '../storage/network.ts'
import { createClock } from '../world/clock.ts'
import type { World } from '../world/world.ts'
import { compareWithLog } from './compare-with-log.ts'
import { ORIGIN, type Outside } from './outside.ts'
import { readPlainChain } from './plain-chain.ts'

/** Those who check the chain, with the signer's key and the head that is kept outside. */
export type Auditors = {
  /** One verifies meanwhile. It must not find what was not done. */
  look(by: VerifyOptions['by']): void
  /** Verifies what is stored. */
  verify(): Promise<VerifyReport>
  /** What a plain reading of the chain finds. @param isComplete whether all events must be sealed */
  faults(isComplete: boolean): Promise<readonly string[]>
  /** The number of blocks. */
  size(): Promise<number>
  /** How many verifications are under way. */
  readonly busy: number
}

// Nothing is late before the faults are over.
const PATIENT = 3_600_000

/** Creates them. */
export function createAuditors(world: World, outside: Outside, { verifierKey }: Signer): Auditors {
  const { db, parts, scheduler, trace } = world
  let busy = 0
  let count = 0

  function lineOf(name: string): Line {
    return { actor: { name, alive: true, pausedUntil: 0 }, faulty: false, unreachable: () => false, crash: () => {} }
  }

  async function audit(isSlow: boolean, by: VerifyOptions['by'] = 'feed'): Promise<VerifyReport> {
    const line = lineOf(`auditor${++count}`)
    const clock = createClock(scheduler)
    const { context } = await openChain(isSlow ? faultyPort(world, line) : db, { origin: ORIGIN, clock })
    const anchors = [outside.reachedBy(createCall(world, line))]
    const trust = { origin: ORIGIN, keys: [verifierKey], anchors }
    return verifyChain(context, { trust, by, grace: PATIENT })
  }

  async function look(by: VerifyOptions['by']): Promise<void> {
    const { result, size, findings } = await audit(true, by)
    trace.note(`an audit by ${by} of ${size} blocks: ${result}`)
    parts.count('chain', result === 'clean' ? 'auditedClean' : 'auditedWithGaps')
    for (const { severity, code, message, streamId, version, block } of findings) {
      if (severity !== 'tampered') continue
      world.fail(`an audit accuses an innocent log: ${code} ${streamId}@${version} in block ${block}: ${message}`)
    }
  }

  return {
    get busy() {
      return busy
    },
    look(by) {
      busy++
      look(by)
        .catch((error) => world.fail(`an auditor failed with ${error instanceof Error ? error.stack : error}`))
        .finally(() => {
          busy--
        })
    },
    verify: () => audit(false),
    async faults(isComplete) {
      const { ledger } = (await openChain(db, { origin: ORIGIN })).context
      return compareWithLog(await readPlainChain(ledger), db, ledger, isComplete)
    },
    async size() {
      const { ledger } = (await openChain(db, { origin: ORIGIN })).context
      return (await ledger.last()) + 1
    },
  }
}
