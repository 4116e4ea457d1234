// A cache of payloads in Redis.

export { type RedisCacheOptions, redisCache } from './redis-cache.ts'
export type { RedisClientLike } from './redis-client.ts'
