import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

/** Makes what an `oidc-provider` keeps opaque tokens in, also when it gets a new key. JWTs need none: they speak for themselves. */
export function createStore(): AdapterFactory {
  const entries = new Map<string, AdapterPayload>()
  const nothing = () => Promise.resolve(undefined)
  return (kind): Adapter => ({
    upsert(id, payload) {
      entries.set(`${kind} ${id}`, payload)
      return Promise.resolve()
    },
    find: (id) => Promise.resolve(entries.get(`${kind} ${id}`)),
    destroy(id) {
      entries.delete(`${kind} ${id}`)
      return Promise.resolve()
    },
    // For grants of users and devices, of which there are none here.
    consume: nothing,
    revokeByGrantId: nothing,
    findByUid: nothing,
    findByUserCode: nothing,
  })
}
