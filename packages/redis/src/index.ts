export type { RedisOptions } from './options.js'
export { createRedisStores, type RedisStores } from './stores.js'
