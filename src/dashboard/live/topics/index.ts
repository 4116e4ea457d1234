import type { Clock } from '../../../core/clock.ts'
import type { Operations } from '../../../operations/model/operations.ts'
import type { Storage } from '../../../views/with-views.ts'
import type { OptionalParts } from '../../optional-parts.ts'
import type { PayloadMode } from '../../payloads/payload.ts'
import type { Foldable } from '../../server/folding.ts'
import type { TopicSources } from '../topic-source.ts'
import { alerts, rules } from './alerts.ts'
import { domainRules } from './domain-rules.ts'
import { instances } from './instances.ts'
import { integrity } from './integrity.ts'
import { activity, incidents, pending, recent, silences } from './lists.ts'
import { overview } from './overview.ts'
import { parked } from './parked.ts'
import { privacy } from './privacy.ts'
import { projections } from './projections.ts'
import { ranges } from './ranges.ts'
import { storage } from './storage.ts'

/** What topics are made from. */
export type TopicContext = {
  readonly operations: Operations
  readonly storage: Storage
  /** What this dashboard has the code of. */
  readonly loaded: () => readonly Foldable[]
  readonly payloads: PayloadMode
  /** What the storage need not have; absent: it has none of it. */
  readonly optional?: Pick<OptionalParts, 'chain' | 'forgetting'>
  readonly clock: Clock
}

/** The sources of all topics. */
export const topicSources = ({
  operations,
  storage: opened,
  loaded,
  payloads,
  optional,
  clock,
}: TopicContext): TopicSources => ({
  overview: overview(operations, clock),
  instances: instances(operations),
  projections: projections(operations, loaded, payloads),
  ranges: ranges(operations, payloads),
  parked: parked(operations, opened, payloads, clock),
  alerts: alerts(operations),
  pending: pending(operations),
  rules: rules(operations),
  silences: silences(operations),
  incidents: incidents(operations),
  activity: activity(operations),
  storage: storage(operations),
  recent: recent(operations),
  integrity: integrity(optional?.chain, clock),
  privacy: privacy(optional?.forgetting ?? (async () => undefined), clock),
  domainRules: domainRules(operations, loaded),
})
