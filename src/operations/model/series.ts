// The series of the history and of `sample`, with their units. Series of one range, instance or projection have its name
// in braces: `behind{meter-overview:3}`, `oldest{meter-overview:3}`, `cpu{api:71}`.

export const SERIES = {
  appended: { unit: 'events/s', title: 'Appends' },
  folded: { unit: 'events/s', title: 'Folds' },
  bytes: { unit: 'B/s', title: 'Growth' },
  'append.p50': { unit: 'ms', title: 'Append, median' },
  'append.p95': { unit: 'ms', title: 'Append, 95 of 100' },
  'append.p99': { unit: 'ms', title: 'Append, 99 of 100' },
  'request.p50': { unit: 'ms', title: 'API, median' },
  'request.p95': { unit: 'ms', title: 'API, 95 of 100' },
  'request.p99': { unit: 'ms', title: 'API, 99 of 100' },
  'appendToView.p50': { unit: 'ms', title: 'Append to view, median' },
  'appendToView.p95': { unit: 'ms', title: 'Append to view, 95 of 100' },
  'appendToView.p99': { unit: 'ms', title: 'Append to view, 99 of 100' },
  oldest: { unit: 'ms', title: 'Oldest event that waits' },
  behind: { unit: 'events', title: 'Events that wait' },
  appendConflicts: { unit: 'ratio', title: 'Appends that lost to another writer' },
  viewConflicts: { unit: 'ratio', title: 'Saves that lost to another worker' },
  requests: { unit: 'requests/s', title: 'API requests' },
  failedRequests: { unit: 'ratio', title: 'API requests that failed' },
  requestUnits: { unit: 'RU/s', title: 'Request units' },
  throttled: { unit: 'ratio', title: 'Throttled requests (429)' },
  ping: { unit: 'ms', title: 'Ping of the storage' },
  parked: { unit: 'sequences', title: 'Parked sequences' },
  cpu: { unit: 'cores', title: 'CPU of all instances' },
  memory: { unit: 'B', title: 'Memory of all instances' },
  eventLoop: { unit: 'ms', title: 'Delay of the event loop, p99' },
  diskFree: { unit: 'B', title: 'Free disk' },
} as const satisfies { readonly [name: string]: { readonly unit: string; readonly title: string } }

export type SeriesName = keyof typeof SERIES
