import type { Route } from '../server/route.ts'
import { causationRoute } from './causation/causation.ts'
import { activityRoute } from './operations/activity.ts'
import { incidentRoutes } from './operations/incidents.ts'
import { metricsRoute } from './operations/metrics.ts'
import { silenceRoutes } from './operations/silences.ts'
import { listParkedRoute } from './parked/list-parked.ts'
import { dropParkedRoute, replayParkedRoute } from './parked/replay-parked.ts'
import { showParkedRoute } from './parked/show-parked.ts'
import { listEventsRoute } from './streams/list-events.ts'
import { listStreamsRoute } from './streams/list-streams.ts'
import { showStreamRoute } from './streams/show-stream.ts'
import { stateRoute } from './streams/stream-state.ts'
import { versionActs } from './versions/version-acts.ts'

/** All paths of the API, besides those of sessions and of what is sent live. */
export const routes: readonly Route[] = [
  listParkedRoute,
  showParkedRoute,
  replayParkedRoute,
  dropParkedRoute,
  listStreamsRoute,
  showStreamRoute,
  listEventsRoute,
  stateRoute,
  causationRoute,
  ...versionActs,
  ...incidentRoutes,
  ...silenceRoutes,
  activityRoute,
  metricsRoute,
]
