import { defineAggregate } from '../../aggregates/aggregate.ts'
import type { NewEventOf } from '../../core/events/types.ts'
import { serviceEvents, type VersionRef } from './activity-events.ts'

/** What was last recorded of a service, or of a projection. */
export type ServiceRecord = {
  readonly release: string | null
  readonly active: number | null
  readonly building: readonly number[]
}

type Versioned = { readonly data: VersionRef }
type Decided = readonly NewEventOf<typeof serviceEvents>[]

const initial: ServiceRecord = { release: null, active: null, building: [] }

/** A service, or a projection: one stream for its whole life. */
export const serviceAggregate = defineAggregate({
  category: 'service',
  events: serviceEvents,
  initial,
  evolve: {
    ServiceUpdated: (record, { data }) => ({ ...record, release: data.to }),
    VersionActivated: (record: ServiceRecord, { data }: Versioned): ServiceRecord => ({
      ...record,
      active: data.version,
    }),
    RebuildStarted: (record: ServiceRecord, { data }: Versioned): ServiceRecord => ({
      ...record,
      building: [...record.building, data.version],
    }),
    RebuildFinished: (record: ServiceRecord, { data }: Versioned): ServiceRecord => ({
      ...record,
      building: record.building.filter((version) => version !== data.version),
    }),
  },
})

/** What became of a service or a projection; each is recorded once, however many processes see it. */
export const serviceCommands = {
  updated:
    (service: string, to: string, at: string) =>
    ({ release }: ServiceRecord): Decided =>
      release === to ? [] : [serviceEvents.create('ServiceUpdated', { at, service, from: release, to })],
  /** @param isFirst whether it is not known what was active before: then it is news only if another one is recorded */
  activated:
    (ref: VersionRef, at: string, isFirst: boolean) =>
    ({ active }: ServiceRecord): Decided =>
      active === ref.version || (active === null && isFirst)
        ? []
        : [serviceEvents.create('VersionActivated', { at, ...ref })],
  rebuildStarted:
    (ref: VersionRef, at: string) =>
    ({ building }: ServiceRecord): Decided =>
      building.includes(ref.version) ? [] : [serviceEvents.create('RebuildStarted', { at, ...ref })],
  rebuildFinished:
    (ref: VersionRef, at: string) =>
    ({ building }: ServiceRecord): Decided =>
      building.includes(ref.version) ? [serviceEvents.create('RebuildFinished', { at, ...ref })] : [],
}
