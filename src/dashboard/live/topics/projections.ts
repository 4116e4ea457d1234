import type { Operations } from '../../../operations/model/operations.ts'
import type { ObservedVersion } from '../../../operations/model/snapshot.ts'
import type { ProjectionRow, Topics } from '../../contract/topics.ts'
import { failureOfCode } from '../../payloads/fault.ts'
import type { PayloadMode } from '../../payloads/payload.ts'
import type { Foldable } from '../../server/folding.ts'
import type { TopicSource } from '../topic-source.ts'

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
  let last: Topics['projections'] | undefined
  return {
    on: ['snapshot'],
    rows() {
      const snapshot = operations.snapshot()
      if (snapshot === null) return undefined
      if (snapshot.versions === null) {
        last = last && Object.fromEntries(Object.entries(last).map(([key, row]) => [key, unknown(row)]))
        return last
      }
      const known = loaded()
      last = Object.fromEntries(
        snapshot.versions.map((one) => [
          `${one.projection}:${one.version}`,
          ofVersion(one, known, { at: snapshot.at, payloads }),
        ]),
      )
      return last
    },
  }
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
  const oldest = ranges.flatMap((range) => range.oldest ?? []).sort()[0]
  const rates = ranges.flatMap(({ rate }) => rate ?? [])
  const named = known.filter(({ kind, name }) => kind !== 'aggregate' && name === projection)
  return {
    ...{ projection, version, role, paused, behind, left, parked, moreParked, states },
    kind: kindOf(projection, named),
    oldestAge: oldest === undefined ? (behind === 0 ? 0 : null) : Math.max(0, at - Date.parse(oldest)),
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
