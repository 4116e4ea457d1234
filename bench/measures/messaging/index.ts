import type { Measure } from '../../support/measure.ts'
import { consumer } from './consumer.ts'
import { groups } from './groups.ts'
import { ingestionMeasure } from './ingestion.ts'
import { reactions } from './reactions.ts'
import { redisSink } from './redis-sink.ts'
import { rules } from './rules.ts'
import { serviceBusMeasure } from './service-bus.ts'

/** What messages to and from other systems cost. */
export const messagingMeasures: readonly Measure[] = [
  reactions,
  consumer,
  groups,
  redisSink,
  rules,
  serviceBusMeasure,
  ingestionMeasure,
]
