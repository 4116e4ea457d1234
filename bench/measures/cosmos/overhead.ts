import { randomUUID } from 'node:crypto'
import { CosmosClient } from '@azure/cosmos'
import { loadProcedures } from '../../../src/adapters/cosmos/setup/procedures.ts'
import { uuidV7 } from '../../../src/core/append/uuid.ts'
import type { NewEventDocument } from '../../../src/core/index.ts'
import { openCosmos } from '../../../src/cosmos.ts'
import { removeDatabase } from '../../support/cosmos/account.ts'
import { remoteAccount } from '../../support/cosmos/remote-account.ts'
import { interleave } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { readingData } from '../../support/sample-events.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'
import { versionedStreams } from '../../support/versioned-streams.ts'

const STREAMS = 64

/**
 * Processor time of the client for durable appends of one event, one after another, through the adapter; against the
 * bare SDK, which calls the same stored procedure with the same documents. All threads count, user and system time;
 * the database is another process. Rounds are short and many, since other work on the machine costs time here, too.
 */
export const cosmosOverhead: Measure = {
  id: 'cosmos-overhead',
  title: "Cosmos DB: the client's processor time, to the bare SDK",

  async run({ quick, repetitions, until }) {
    const count = quick ? 100 : 200
    await using stack = new AsyncDisposableStack()
    const { options } = stack.use(await remoteAccount())
    const client = stack.adopt(new CosmosClient(options), (opened) => opened.dispose())
    const database = `tidemark-bench-${randomUUID()}`
    stack.defer(() => removeDatabase(client, database))
    const storage = stack.use(await openCosmos(client, { database, setup: true, append: 'storedProcedure' }))
    const { append } = await loadProcedures()
    const procedure = client.database(database).container('events').scripts.storedProcedure(append.id)
    let made = 0
    const sample = (): NewEventDocument[] => [
      { eventType: 'ReadingTaken', eventData: readingData(made++), metadata: { eventId: uuidV7() } },
    ]
    const [ours, theirs] = [versionedStreams('ours', STREAMS), versionedStreams('theirs', STREAMS)]

    const { adapter, bare } = await interleave(
      repetitions * ROUNDS,
      {
        adapter: () =>
          milliseconds(count, async () => {
            const stream = ours.next()
            await storage.events.append(stream.id, sample(), { expectedVersion: stream.version++ })
          }),
        bare: () =>
          milliseconds(count, async () => {
            const stream = theirs.next()
            const recordedAt = new Date().toISOString()
            const request = { streamId: stream.id, expectedVersion: stream.version++, events: sample() }
            const { resource } = await procedure.execute(stream.id, [{ ...request, appendId: uuidV7(), recordedAt }])
            if (resource.outcome !== 'appended') throw new Error(`The procedure answered ${resource.outcome}`)
          }),
      },
      until,
    )
    return [
      against(
        'the bare SDK, the same account and procedure',
        row('cosmos-overhead', 'processor time of an append: bare SDK to adapter', ratioOf(bare, adapter), 'x', {
          atLeast: 0.8,
        }),
      ),
      row('cosmos-overhead-adapter', 'processor time of an append, adapter', summarise(adapter), 'ms'),
      row('cosmos-overhead-bare', 'processor time of an append, bare SDK', summarise(bare), 'ms'),
    ]
  },
}

const ROUNDS = 3

/** Processor time of this process for each of so many pieces of work, in milliseconds. */
async function milliseconds(count: number, work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / count
}
