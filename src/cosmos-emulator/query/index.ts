export { type IndexingPolicy, isIndexed } from './indexing.ts'
export type { QueryPage } from './page.ts'
export { needsPlan, type QueryPlan, queryPlan } from './query-plan.ts'
export { type QueryOptions, type QueryRequest, runQuery } from './run-query.ts'
