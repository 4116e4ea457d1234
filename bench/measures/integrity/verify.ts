import { hash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { StoragePort } from '../../../src/core/index.ts'
import { canonicalJson } from '../../../src/core/json/canonical-json.ts'
import type { VerifyReport } from '../../../src/integrity/index.ts'
import { verifyChain } from '../../../src/integrity/verify/verify-chain.ts'
import { preparedFeed } from '../../support/integrity/prepared-feed.ts'
import { processorTime } from '../../support/integrity/processor-time.ts'
import { ORIGIN, openSealedLog } from '../../support/integrity/sealed-log.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

/** A verification beside a bare loop of canonical JSON and SHA-256, and the size of what it reads. */
export const verification: Measure = {
  id: 'integrity-verify',
  title: 'verifying a chain and its log',

  async run({ folder, quick, repetitions, until, progress }) {
    const count = quick ? 20_000 : 200_000
    await using log = await openSealedLog(join(folder, 'log'))
    progress(`appending and sealing ${count.toLocaleString('en-US')} events`)
    await log.append(count)
    await log.chain.sealNow()
    const trust = { origin: ORIGIN, keys: [log.key], notes: [await log.signedHead()] }
    const { feed, documents } = await preparedFeed(log.storage.feed)
    const verify = async (storage: StoragePort) => {
      const report = await verifyChain({ ...log.chain.context, storage }, { trust })
      return assertClean(report, count)
    }
    const prepared = { ...log.storage, feed }
    const times = await interleave(
      repetitions,
      {
        ours: async () => {
          const before = process.cpuUsage()
          await verify(prepared)
          const { user, system } = process.cpuUsage(before)
          return (user + system) / 1000
        },
        bare: async () =>
          processorTime(documents, (document) => hash('sha256', canonicalJson(document), 'buffer')[0] ?? 0),
        whole: () => seconds(() => verify(log.storage)),
      },
      until,
    )
    await log.storage.close()
    const share = (sizeOf(folder, 'views.db') / sizeOf(folder, 'events.db')) * 100
    return [
      against(
        'canonical JSON and SHA-256 of the same documents',
        row(
          'integrity-verify',
          'verifying events that were read: to a bare loop',
          ratioOf(times.bare, times.ours),
          'x',
          {
            atLeast: 0.7,
          },
        ),
      ),
      row(
        'integrity-verify-rate',
        'verifying an embedded log: events a second',
        summarise(times.whole.map((s) => count / s)),
        '/s',
      ),
      row('integrity-ledger-size', 'the ledger, of the size of the log', summarise([share]), '%', { below: 25 }),
    ]
  },
}

function assertClean({ result, compared, findings }: VerifyReport, count: number): void {
  if (result !== 'clean' || compared !== count) throw new Error(`Not clean: ${JSON.stringify(findings.slice(0, 3))}`)
}

const sizeOf = (folder: string, file: string): number => statSync(join(folder, 'log', file)).size
