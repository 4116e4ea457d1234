import { eventOf } from '../fill.ts'
import { lsnOf, type Probe, type Question, STREAMS, statusOf, units } from '../probe.ts'

const WRITES = 50

/** Session tokens, and which replica answers. */
export const sessions: Question = {
  name: 'session tokens and replicas',
  async *ask(probe) {
    yield* tokens(probe)
    yield* primaries(probe)
    yield* ahead(probe)
    yield* readOnly(probe)
  },
}

async function* tokens({ events, budget }: Probe) {
  const { headers } = await events.item(`${STREAMS.few}:1`, STREAMS.few).read()
  const charge = budget.charge(headers)
  const token = String(headers['x-ms-session-token'])
  yield {
    what: 'session token of a point read',
    assumed: '<range>:<version>#<LSN>, perhaps with #<region>=<LSN>',
    found: token,
    agrees: /^\d+:-?\d+#\d+(#\d+=-?\d+)*$/.test(token),
  }
  yield { what: 'point read of an event', assumed: '1 RU', found: units(charge) }
  const { headers: batched } = await events.items.batch(
    [{ operationType: 'Read', id: `${STREAMS.few}:1` }],
    STREAMS.few,
  )
  yield { what: 'the same in a batch, from the primary', assumed: 'about 1 RU', found: units(budget.charge(batched)) }
}

async function* primaries({ newClient, database, budget }: Probe) {
  const [writer, reader] = [newClient(), newClient()].map((client) => client.database(database.id).container('events'))
  if (!writer || !reader) return
  let [stale, behind] = [0, 0]
  for (let version = 1; version <= WRITES; version++) {
    const { headers: written } = await writer.items.create(eventOf('s:raced', version))
    budget.charge(written)
    const id = `s:raced:${version}`
    const { statusCode, headers: read } = await reader.item(id, 's:raced').read({ consistencyLevel: 'Eventual' })
    budget.charge(read)
    if (statusCode !== 200) stale++
    const { headers } = await reader.items.batch([{ operationType: 'Read', id }], 's:raced')
    budget.charge(headers)
    if (lsnOf(headers?.['x-ms-session-token']) < lsnOf(written['x-ms-session-token'])) behind++
  }
  yield {
    what: `of ${WRITES} reads right after another client's write, those that did not show it`,
    assumed: 'some by point read, none in a batch, which the primary answers',
    found: `${stale} by point read, ${behind} in a batch`,
    agrees: behind === 0,
  }
}

async function* ahead({ events, budget }: Probe) {
  const item = events.item(`${STREAMS.few}:1`, STREAMS.few)
  const { headers } = await item.read()
  budget.charge(headers)
  const token = String(headers['x-ms-session-token'])
  const further = token.replace(/#(\d+)/, (_, lsn) => `#${Number(lsn) + 1_000_000}`)
  // The SDK drops a token that is ahead, but only under the name in lower case.
  const sent = { sessionToken: further, initialHeaders: { 'X-MS-SESSION-TOKEN': further } }
  const answer = await item
    .read(sent)
    .then(({ statusCode, substatus }) => `${statusCode}${substatus ? `/${substatus}` : ''}`, statusOf)
  yield {
    what: 'point read under a token that is ahead of the log',
    assumed: '404/1002',
    found: answer,
    agrees: answer === '404/1002',
  }
  const batched = await events.items
    .batch([{ operationType: 'Read', id: `${STREAMS.few}:1` }], STREAMS.few, sent)
    .then(({ result }) => String(result?.[0]?.statusCode), statusOf)
  yield { what: 'batch that reads under the same token', assumed: 'any answer; none is sent then', found: batched }
  const regions = `${token}#10=-1`
  const vector = await item.read({ sessionToken: regions }).then(({ statusCode }) => String(statusCode), statusOf)
  yield {
    what: 'point read under a token with a region at -1',
    assumed: '200',
    found: vector,
    agrees: vector === '200',
  }
}

async function* readOnly({ events, budget }: Probe) {
  const tokenOf = async () => {
    const { headers } = await events.items.batch([{ operationType: 'Read', id: `${STREAMS.few}:1` }], STREAMS.few)
    budget.charge(headers)
    return lsnOf(headers?.['x-ms-session-token'])
  }
  const [before, after] = [await tokenOf(), await tokenOf()]
  yield {
    what: 'LSNs around a batch that only reads',
    assumed: 'the same, or one more each time; the adapter relies on neither',
    found: `${before}, ${after}`,
    agrees: after === before || after === before + 1,
  }
}
