import type { Adapter } from 'oidc-provider'

const nothing = () => Promise.resolve(undefined)

/** What an `oidc-provider` keeps things in. It gives JWTs to clients alone, and has nothing to keep. */
export const createStore = (): Adapter => ({
  upsert: nothing,
  find: nothing,
  findByUid: nothing,
  findByUserCode: nothing,
  consume: nothing,
  destroy: nothing,
  revokeByGrantId: nothing,
})
