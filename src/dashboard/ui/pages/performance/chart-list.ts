import type { SeriesName } from '../../../contract/series.ts'

/** The charts, in the order in which a slow system is looked into. */
export const CHARTS: readonly {
  readonly title: string
  readonly lines: readonly { readonly series: SeriesName; readonly title: string }[]
}[] = [
  {
    title: 'Throughput',
    lines: [
      { series: 'appended', title: 'appended' },
      { series: 'folded', title: 'folded' },
    ],
  },
  {
    title: 'Append to view',
    lines: [
      { series: 'appendToView.p50', title: 'p50' },
      { series: 'appendToView.p95', title: 'p95' },
      { series: 'appendToView.p99', title: 'p99' },
      { series: 'oldest', title: 'oldest waiting event' },
    ],
  },
  {
    title: 'Append',
    lines: [
      { series: 'append.p50', title: 'p50' },
      { series: 'append.p95', title: 'p95' },
      { series: 'append.p99', title: 'p99' },
    ],
  },
  {
    title: 'API requests, duration',
    lines: [
      { series: 'request.p50', title: 'p50' },
      { series: 'request.p95', title: 'p95' },
      { series: 'request.p99', title: 'p99' },
    ],
  },
  { title: 'Waiting events', lines: [{ series: 'behind', title: 'waiting' }] },
  {
    title: 'Conflicts',
    lines: [
      { series: 'appendConflicts', title: 'appends' },
      { series: 'viewConflicts', title: 'view saves' },
    ],
  },
  { title: 'API requests', lines: [{ series: 'requests', title: 'requests' }] },
  { title: 'API requests that failed', lines: [{ series: 'failedRequests', title: 'failed' }] },
  { title: 'Request units', lines: [{ series: 'requestUnits', title: 'request units' }] },
  { title: 'Throttled requests (429)', lines: [{ series: 'throttled', title: 'throttled' }] },
  { title: 'Storage ping', lines: [{ series: 'ping', title: 'ping' }] },
  { title: 'Growth of the storage', lines: [{ series: 'bytes', title: 'growth' }] },
  { title: 'Event loop delay, p99', lines: [{ series: 'eventLoop', title: 'p99' }] },
  { title: 'CPU', lines: [{ series: 'cpu', title: 'all instances' }] },
  { title: 'Memory', lines: [{ series: 'memory', title: 'all instances' }] },
  { title: 'Free disk', lines: [{ series: 'diskFree', title: 'free' }] },
]
