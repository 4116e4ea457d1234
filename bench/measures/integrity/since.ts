import { join } from 'node:path'
import { verifyChain } from '../../../src/integrity/verify/verify-chain.ts'
import { ORIGIN, openSealedLog } from '../../support/integrity/sealed-log.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { type Measure, row } from '../../support/measure.ts'
import { summarise } from '../../support/statistics.ts'

const NEW_EVENTS = 10_000

/** What was sealed after a head that was verified before. */
export const sinceHead: Measure = {
  id: 'integrity-since',
  title: 'verifying what was sealed after an earlier head',

  async run({ folder, quick, repetitions, until, progress }) {
    const before = quick ? 20_000 : 200_000
    await using log = await openSealedLog(join(folder, 'log'))
    progress(`appending and sealing ${before.toLocaleString('en-US')} events`)
    await log.append(before)
    await log.chain.sealNow()
    const since = await log.signedHead()
    await log.append(NEW_EVENTS)
    await log.chain.sealNow()
    const trust = { origin: ORIGIN, keys: [log.key], notes: [await log.signedHead()] }
    const { times } = await interleave(
      repetitions,
      {
        times: () =>
          seconds(async () => {
            const { result, compared, findings } = await verifyChain(log.chain.context, { trust, since })
            if (result === 'clean' && compared === NEW_EVENTS) return
            throw new Error(`Not clean: ${compared} events, ${JSON.stringify(findings.slice(0, 3))}`)
          }),
      },
      until,
    )
    return [row('integrity-since', `--since over ${NEW_EVENTS} events`, summarise(times), 's', { below: 1 })]
  },
}
