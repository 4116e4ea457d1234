import { oldestAge } from '../../../operations/model/oldest-age.ts'
import type { Operations } from '../../../operations/model/operations.ts'
import type { ObservedVersion } from '../../../operations/model/snapshot.ts'
import type { ProjectionRow } from '../../contract/topics.ts'
import { failureOfCode } from '../../payloads/fault.ts'
import type { PayloadMode } from '../../payloads/payload.ts'
import type { Foldable } from '../../server/folding.ts'
import type { TopicSource } from '../topic-source.ts'
import { rowsOfVersions } from './rows-of-versions.ts'

/** From bad to good. */
const STATES = ['stalled', 'unowned', 'waiting', 'parked', 'paused', 'working', 'idle']

/**
 * The versions of projections and reactions.
 *
 * @param loaded what this dashboard has the code of
 */
export function projections(
  operations: Pick<Operations, 'snapshot'>,
  loaded: () => readonly Foldable[],
  payloads: PayloadMode,
): TopicSource<'projections'> {
  return rowsOfVersions(
    operations,
    (versions, at) => {
      const known = loaded()
      return Object.fromEntries(
        versions.map((one) => [`${one.projection}:${one.version}`, ofVersion(one, known, { at, payloads })]),
      )
    },
    unknown,
  )
}

function ofVersion(
  one: ObservedVersion,
  known: readonly Foldable[],
  { at, payloads }: { at: number; payloads: PayloadMode },
): ProjectionRow {
  const { projection, version, role, paused, behind, left, parked, moreParked, ranges } = one
  const states: { [state: string]: number } = {}
  for (const { state } of ranges) states[state] = (states[state] ?? 0) + 1
  const worst = worstOf(ranges)
  const rates = ranges.flatMap(({ rate }) => rate ?? [])
  const named = known.filter(({ kind, name }) => kind !== 'aggregate' && name === projection)
  return {
    ...{ projection, version, role, paused, behind, left, parked, moreParked, states },
    kind: kindOf(projection, named),
    oldestAge: oldestAge(ranges, at),
    rate: rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0),
    state: worst?.state ?? 'idle',
    owners: [...new Set(ranges.flatMap(({ state, owner }) => (state === 'unowned' ? [] : (owner ?? []))))].sort(),
    error: worst?.error && isBad(worst.state) ? failureOfCode(worst.error, payloads) : null,
    loaded: named.some((one) => one.version === version),
  }
}

/** The range in the worst state. */
export const worstOf = (ranges: ObservedVersion['ranges']): ObservedVersion['ranges'][number] | undefined =>
  ranges.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state))[0]

const isBad = (state: string): boolean => STATES.indexOf(state) <= STATES.indexOf('parked')

function kindOf(name: string, named: readonly Foldable[]): ProjectionRow['kind'] {
  const kind = named[0]?.kind
  if (isGroup(name, named)) return 'group'
  return kind === 'projection' || kind === 'reaction' ? kind : 'unknown'
}

/**
 * Whether a reaction is a group of consumers: its name has the uri of a contract, `shop.shipment-transit`. That of an
 * effect has one of a rule, `welcome.send-mail`.
 *
 * @param known what was loaded; the effect of a rule that was not looks like a group
 */
export const isGroup = (name: string, known: readonly Foldable[]): boolean =>
  name.includes('.') && !known.some((one) => one.name === name && one.rule !== undefined)

const unknown = (row: ProjectionRow): ProjectionRow => ({
  ...row,
  ...{ behind: null, oldestAge: null, rate: null, left: null, parked: null, state: 'unknown', states: {} },
  ...{ owners: [], error: null },
})
