import { repository } from '../../aggregates/repository.ts'
import type { Clock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { instanceAggregate } from '../activity/instance-record.ts'
import { serviceAggregate } from '../activity/service-record.ts'
import { watchAggregate } from '../activity/watch-record.ts'
import { incidentAggregate } from '../incidents/incident-record.ts'
import { silenceAggregate } from '../silences/silence-record.ts'
import { alertAggregate } from './alert/alert-record.ts'

/** The records of one storage of operations. */
export type Records = ReturnType<typeof openRecords>

/** Opens the records in a storage. */
export function openRecords(store: StoragePort, options: { readonly clock: Clock; readonly random?: () => number }) {
  return {
    alerts: repository(store, alertAggregate, options),
    incidents: repository(store, incidentAggregate, options),
    silences: repository(store, silenceAggregate, options),
    instances: repository(store, instanceAggregate, options),
    services: repository(store, serviceAggregate, options),
    watch: repository(store, watchAggregate, options),
  }
}
