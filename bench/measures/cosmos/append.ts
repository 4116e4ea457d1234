import { uuidV7 } from '../../../src/core/append/uuid.ts'
import type { ExpectedVersion, NewEventDocument } from '../../../src/core/index.ts'
import { type BenchAccount, benchAccount } from '../../support/cosmos/account.ts'
import { type Costed, costsOf } from '../../support/cosmos/cost-rows.ts'
import type { Measure, Row } from '../../support/measure.ts'
import { readingData } from '../../support/sample-events.ts'

const MODES = [
  { mode: 'storedProcedure', name: 'procedure', atPlace: 1, anywhere: 1 },
  // A query comes first; for `any`, which says nothing of the place, the head comes before that.
  { mode: 'transactionalBatch', name: 'batch', atPlace: 2, anywhere: 3 },
] as const

/** What appends cost on Azure Cosmos DB, both ways, to a stream of ten events. */
export const cosmosAppend: Measure = {
  id: 'cosmos-append',
  title: 'Cosmos DB: requests and RU of appends',

  async run({ repetitions }) {
    await using account = benchAccount()
    const rows: Row[] = []
    for (const mode of MODES) rows.push(...(await appendsBy(account, repetitions, mode)))
    return rows
  },
}

const LENGTH = 10

async function appendsBy(
  account: BenchAccount,
  repetitions: number,
  { mode, name, atPlace, anywhere }: (typeof MODES)[number],
): Promise<Row[]> {
  const { events } = await account.open({ append: mode })
  const append = (streamId: string, batch: readonly NewEventDocument[], expectedVersion: ExpectedVersion) =>
    events.append(streamId, batch, { expectedVersion })

  let streams = 0
  /** Appends to a stream of its own. */
  const appending = (count: number, expectedVersion: ExpectedVersion) => async () => {
    const streamId = `reading:${name}-${streams++}`
    if (expectedVersion !== 'noStream') await append(streamId, sample(LENGTH), 'noStream')
    const batch = sample(count)
    return () => append(streamId, batch, expectedVersion)
  }
  /** Is refused. */
  const refused = (expectedVersion: ExpectedVersion) => async () => {
    const work = await appending(1, expectedVersion)()
    return () =>
      work().then(
        () => Promise.reject(new Error('A conflict was not seen')),
        (error) => (error.code === 'WrongExpectedVersion' ? undefined : Promise.reject(error)),
      )
  }
  const repeated = async () => {
    const work = await appending(1, LENGTH)()
    await work()
    return work
  }
  const one = { beside: 'appendOne' } as const
  const operations: readonly Costed[] = [
    { id: 'new', label: 'append of 1, new stream', atMost: atPlace, ...one, prepare: appending(1, 'noStream') },
    { id: '1', label: 'append of 1, version expected', atMost: atPlace, ...one, prepare: appending(1, LENGTH) },
    { id: '1-any', label: 'append of 1, any', atMost: anywhere, ...one, prepare: appending(1, 'any') },
    {
      id: '10',
      label: 'append of 10, version expected',
      atMost: atPlace,
      beside: 'appendFive',
      prepare: appending(10, LENGTH),
    },
    { id: '10-any', label: 'append of 10, any', atMost: anywhere, prepare: appending(10, 'any') },
    { id: 'repeat', label: 'append that is a repeat', prepare: repeated },
    { id: 'conflict', label: 'conflict', beside: 'conflict', prepare: refused(LENGTH - 1) },
    { id: 'conflict-past', label: "conflict past the stream's end", prepare: refused(LENGTH + 7) },
  ]
  const named = operations.map(({ id, label, ...rest }) => ({
    ...rest,
    id: `cosmos-append-${name}-${id}`,
    label: `${name}: ${label}`,
  }))
  return costsOf(account.meter, repetitions, named)
}

let made = 0

/** Events as `EventLog.append` takes them, of about 350 bytes each. */
const sample = (count: number): NewEventDocument[] =>
  Array.from({ length: count }, () => ({
    eventType: 'ReadingTaken',
    eventData: readingData(made++),
    metadata: { eventId: uuidV7() },
  }))
