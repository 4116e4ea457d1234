// Redis: a cache of payloads, and caches of the last states of views and subjects.

export { type CachedViews, type CachedViewsOptions, cachedViews } from '../../messaging/cache/cached-views.ts'
export type { StateCache, StateRef, ViewState, WriteOutcome } from '../../messaging/cache/state-cache.ts'
export { type ViewSinkDefinition, viewSink } from '../../messaging/cache/view-sink.ts'
export type { CachedSubject, SubjectCache } from '../../rules/cache/subject-cache.ts'
export { type SubjectSinkDefinition, subjectSink } from '../../rules/cache/subject-sink.ts'
export { type RedisCacheOptions, redisCache } from './redis-cache.ts'
export type { RedisClientLike } from './redis-client.ts'
export { type RedisStatesOptions, redisStates } from './redis-states.ts'
export { type RedisSubjectsOptions, redisSubjects } from './redis-subjects.ts'
