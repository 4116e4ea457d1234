import { MongoClient } from 'mongodb'
import { startMongod } from '../../../bench/support/mongo/mongod.ts'
import { urlOf } from '../../../bench/support/mongo/url.ts'
import { checkAgreement } from '../mongo/agreement.ts'
import type { KillTarget } from './target.ts'

const DATABASE = 'killed'

/** A server of its own, which ends what a killed process leaves open soon, and not after a minute. */
export const mongo = (slots: number, isSoak: boolean): KillTarget => ({
  name: `on MongoDB, slots: ${slots}`,
  few: !isSoak,
  slack: 1000,
  async make() {
    const mongod = await startMongod({ parameters: ['--setParameter', 'transactionLifetimeLimitSeconds=2'] })
    return {
      url: urlOf(mongod.uri, DATABASE, `slots=${slots}`),
      async check() {
        await using client = new MongoClient(mongod.uri)
        await checkAgreement(client.db(DATABASE))
      },
      [Symbol.asyncDispose]: () => mongod.stop(),
    }
  },
})
