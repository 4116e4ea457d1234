import { checkUnique } from '../../../aggregates/unique/check-unique.ts'
import { canonicalJson } from '../../../core/json/canonical-json.ts'
import type { JsonObject } from '../../../core/json/json.ts'
import type { EventDocument } from '../../../core/port/event-document.ts'
import { VAULT_KEYS, type ViewDocument } from '../../../core/port/view-store.ts'
import type { KeyDocument } from '../../../privacy/vault/people/key-document.ts'
import { decodeFor } from '../../../projections/decode-events.ts'
import type { Projection } from '../../../projections/projection.ts'
import { storedState } from '../checks/checks.ts'
import type { World } from '../world/world.ts'
import { NEEDLE, type PeopleLedger } from './ledger.ts'
import { member } from './members.ts'
import type { Opened } from './processes.ts'
import { createPeopleProjections, SWEPT } from './projections.ts'
import { forgottenTokens, type StoredWrite, storedWrites } from './stored.ts'
import type { Vaults } from './vaults.ts'

/** The documents of keys, by key id. */
export function keyDocuments({ keys }: Vaults): ReadonlyMap<string, KeyDocument> {
  const found = storedState(keys.state).views.filter(
    ({ projection, key }) => projection === VAULT_KEYS && key !== '$root',
  )
  return new Map(found.map(({ key, data }) => [key, data as unknown as KeyDocument]))
}

/** Keys that are still there although they were forgotten. */
export function wrongKeys(vaults: Vaults): string[] {
  return [...keyDocuments(vaults)].flatMap(([keyId, { key, generation, forgottenThrough }]) =>
    key !== null && generation <= forgottenThrough ? [`key ${keyId} was forgotten, and is still stored`] : [],
  )
}

/** Personal data that is stored in clear where it must not be. */
export function needles({ db }: World, vaults: Vaults, ledger: PeopleLedger): string[] {
  const through = new Map([...keyDocuments(vaults)].map(([keyId, document]) => [keyId, document.forgottenThrough]))
  const dead = forgottenTokens(storedWrites(db.state, ledger), through)
  const wrong: string[] = []
  const look = (where: string, text: string, isPermitted: (token: string) => boolean = () => false) => {
    const found = [...text.matchAll(NEEDLE)].map(([token]) => token).filter((token) => !isPermitted(token))
    if (found.length > 0) wrong.push(`${where} contains personal data: ${found.join(' ')}`)
  }
  for (const { id, events } of db.state.streams.values()) for (const event of events) look(id, event?.json ?? '')
  for (const [id, { json }] of db.state.views) {
    const { projection, data, ...rest } = JSON.parse(json) as ViewDocument
    look(id, JSON.stringify(rest))
    look(id, JSON.stringify(data), (token) => projection === SWEPT && !dead.has(token))
  }
  for (const [id, { json }] of db.state.leases) look(id, json)
  for (const [id, json] of db.state.snapshots) look(`snapshot ${id}`, json)
  return wrong
}

/** What is wrong with what was written: it is lost, stored twice, lost without being forgotten, or still readable. */
export async function wrongWrites({ db }: World, ledger: PeopleLedger, { vault }: Opened): Promise<string[]> {
  const wrong: string[] = []
  const stored = Map.groupBy(storedWrites(db.state, ledger), ({ written }) => written.id)
  for (const [id, { done }] of ledger.written) {
    const count = stored.get(id)?.length ?? 0
    if (count > 1 || (count === 0 && done !== undefined)) wrong.push(`${id} is stored ${count} times`)
  }
  for (const write of [...stored.values()].flat()) {
    const { event, written } = write
    const { definitions } = member.events
    const [opened] = await vault.events.open([event], definitions, { personal: true })
    for (const { person, isRedacted } of peopleOf(write, opened?.redacted ?? [])) {
      const mustBe = ledger.requests.some(
        ({ person: forgotten, began, done }) =>
          forgotten === person && done !== undefined && began >= (written.done ?? Number.POSITIVE_INFINITY),
      )
      if (mustBe && !isRedacted) wrong.push(`${written.id} of ${person} can be read, although they were forgotten`)
      if (isRedacted && !ledger.isDoubtful(person, written.began))
        wrong.push(`${written.id} of ${person} is lost, although they were not forgotten`)
    }
  }
  return wrong
}

function peopleOf({ event: { eventData }, parts }: StoredWrite, redacted: readonly string[]) {
  return parts.map(({ members: [name = ''] }) => ({
    person: String(name === 'otherName' ? eventData.other : eventData.memberId),
    isRedacted: redacted.includes(name),
  }))
}

/** How the stored views, as readers get them, differ from a plain fold of the log with stand-ins. */
export async function wrongPeopleViews({ db }: World, { storage }: Opened): Promise<string[]> {
  const { plans, cards, search } = createPeopleProjections()
  const wrong: string[] = []
  for (const projection of [plans, cards, search] as readonly Projection[]) {
    const expected = await foldOf(projection, db.state.streams.values(), storage.vault)
    const stored = storedState(db.state).views.filter((view) => view.projection === projection.name)
    const keys = new Set([...expected.keys(), ...stored.map(({ key }) => key)])
    for (const key of keys) {
      const [is, should] = [await storage.views.get(projection, key), expected.get(key) ?? null].map((view) =>
        canonicalJson(view as JsonObject | null),
      )
      if (is !== should) wrong.push(`view ${projection.name} ${key} is ${is} instead of ${should}`)
    }
  }
  for (const { projection, key, data } of storedState(db.state).views) {
    if (projection === plans.name && /name|email/i.test(String(data?.members)))
      wrong.push(`a handler of ${projection} ${key} got personal data`)
  }
  return wrong
}

type Streams = Iterable<{ readonly id: string; readonly events: readonly ({ readonly json: string } | null)[] }>

async function foldOf(projection: Projection, streams: Streams, vault: Opened['storage']['vault']) {
  const views = new Map<string, JsonObject | null>()
  for (const { events } of streams) {
    const documents = events.flatMap((event) => (event ? [JSON.parse(event.json) as EventDocument] : []))
    // The markers are left out: what was forgotten is folded from stand-ins.
    const inputs = await decodeFor({ ...projection, foldsForgotten: false }, documents, vault)
    for (const input of inputs) {
      if (input === undefined) continue
      for (const key of projection.keysOf(input.event)) {
        views.set(key, projection.fold(key, views.get(key) ?? null, input.event) as JsonObject | null)
      }
    }
  }
  return views
}

/** Values that two members had at the same time, and claims that do not fit the values. */
export async function wrongOwners({ db }: World, { storage, store }: Opened): Promise<string[]> {
  const wrong: string[] = []
  const owned: { readonly value: string; readonly owner: string; readonly from: number; readonly to: number }[] = []
  for (const { id: owner } of db.state.streams.values()) {
    if (!owner.startsWith('member:')) continue
    let [value, since] = ['', 0]
    const until = (to: number) => owned.push({ value, owner, from: since, to })
    for (const { type, data, metadata } of (await store.load(owner)).events) {
      if (type !== 'Joined' && type !== 'EmailChanged') continue
      const at = Date.parse(metadata.recordedAt)
      until(at)
      ;[value, since] = [data.email, at]
    }
    until(Number.POSITIVE_INFINITY)
  }
  for (const [i, a] of owned.entries()) {
    const others = owned.slice(i + 1).filter((b) => b.value === a.value && b.owner !== a.owner && a.value !== '')
    for (const b of others) {
      const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)]
      if (from < to) wrong.push(`${a.value} had two owners from ${from}: ${a.owner} and ${b.owner}`)
    }
  }
  const { ok, faults } = await checkUnique(storage, member)
  if (!ok) wrong.push(`claims are wrong: ${JSON.stringify(faults)}`)
  return wrong
}
