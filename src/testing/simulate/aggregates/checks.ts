import { repository } from '../../../aggregates/repository.ts'
import { type EventDocument, PERIOD_CLOSED } from '../../../core/port/event-document.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { type Account, account, type Paid, yearly } from './accounts.ts'
import { ACCOUNTS, YEARS } from './clients.ts'
import type { Ledger } from './ledger.ts'

/** The faults of the accounts, once nothing is running any more. */
export async function wrongAccounts(db: StoragePort, ledger: Ledger): Promise<string[]> {
  const wrong: string[] = []
  for (const [kind, id] of ACCOUNTS) {
    // Reading completes what a crash left unfinished.
    const loaded = await (kind === 'yearly' ? repository(db, yearly) : repository(db, account)).load(id)
    const streams = kind === 'yearly' ? await chainOf(db, id, wrong) : [await eventsOf(db, `account:${id}`)]
    const truth = fold(streams, id, wrong)
    if (JSON.stringify(loaded.state) !== JSON.stringify(truth.state)) {
      wrong.push(`${id} is loaded as ${JSON.stringify(loaded.state)}, and is ${JSON.stringify(truth.state)}`)
    }
    wrong.push(...wrongEntries(ledger, id, truth))
  }
  return wrong
}

type Truth = { readonly state: Account; readonly events: ReadonlyMap<string, number> }

const eventsOf = (db: StoragePort, streamId: string): Promise<EventDocument[]> =>
  Array.fromAsync(db.events.read(streamId))

/** The events of each period, which must be one chain. */
async function chainOf(db: StoragePort, id: string, wrong: string[]): Promise<EventDocument[][]> {
  const root = `yearly:${id}`
  const listed = (await eventsOf(db, root)).map(({ eventData }) => eventData.period as string)
  if (listed.join() !== [...new Set(listed)].sort().join()) wrong.push(`the periods of ${id} are ${listed}`)
  const chain: EventDocument[][] = []
  for (const [i, period] of listed.entries()) {
    const events = await eventsOf(db, `${root}:${period}`)
    chain.push(events)
    const closings = events.filter(({ eventType }) => eventType === PERIOD_CLOSED)
    const successors = closings.map(({ eventData }) => String(eventData.successor)).join()
    if (successors !== (listed[i + 1] ?? '')) {
      wrong.push(`period ${period} of ${id} is closed for ${successors || 'nothing'}, not for ${listed[i + 1]}`)
    }
    if (closings.length > 0 && events.at(-1) !== closings[0]) wrong.push(`${id} continues in ${period} after its end`)
  }
  for (const period of YEARS.filter((year) => !listed.includes(year))) {
    if ((await eventsOf(db, `${root}:${period}`)).length > 0) wrong.push(`period ${period} of ${id} is on no list`)
  }
  return chain
}

/** A plain fold, which checks what each command saw. */
function fold(streams: readonly EventDocument[][], id: string, wrong: string[]): Truth {
  const counts = new Map<string, number>()
  let state: Account = { commands: [], balance: 0 }
  for (const [i, events] of streams.entries()) {
    for (const [at, { eventType, eventData }] of events.entries()) {
      if (eventType === 'Carried') {
        const isFirst = i > 0 && at === 0
        if (!isFirst || JSON.stringify(eventData) !== JSON.stringify(state)) {
          wrong.push(`${id} carries ${JSON.stringify(eventData)} over, and was ${JSON.stringify(state)}`)
        }
      }
      if (eventType !== 'Paid') continue
      const { command, amount, before } = eventData as unknown as Paid
      const { commands } = state
      const count = counts.get(command) ?? 0
      counts.set(command, count + 1)
      if (count > 0 && commands.at(-1) !== command) wrong.push(`${command} on ${id} is there again after others`)
      if (before !== commands.length - (count > 0 ? 1 : 0)) {
        wrong.push(`${command} on ${id} saw ${before} commands, and there were ${commands.length}`)
      }
      state = { commands: count > 0 ? commands : [...commands, command], balance: state.balance + amount }
    }
  }
  return { state, events: counts }
}

/** Results that callers got, and that are false. */
function wrongEntries({ entries }: Ledger, of: string, { state, events }: Truth): string[] {
  const wrong: string[] = []
  for (const { command, id, events: decided, outcome, after } of entries) {
    if (id !== of) continue
    const stored = events.get(command) ?? 0
    const may = { done: [decided], refused: [0], unknown: [0, decided] }[outcome]
    if (!may.includes(stored)) wrong.push(`${command} on ${id} is ${outcome}, with ${stored} of ${decided} events`)
    const at = state.commands.indexOf(command)
    if (at >= 0 && at < after) wrong.push(`${command} on ${id} comes at ${at}, after ${after} that came before`)
  }
  return wrong
}
