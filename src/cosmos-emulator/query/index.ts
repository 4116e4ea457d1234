export { type IndexingPolicy, isIndexed } from './indexing.ts'
export { needsPlan, queryPlan } from './query-plan.ts'
export { type QueryOptions, type QueryRequest, runQuery } from './run-query.ts'
