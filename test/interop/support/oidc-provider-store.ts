import type { Adapter, AdapterFactory, AdapterPayload, ClientMetadata } from 'oidc-provider'

/**
 * Keeps what `oidc-provider` has to remember for as long as it runs, and the clients.
 *
 * These are not in its configuration, since it clones what is there, and under jest a clone is not the plain object that
 * it wants a key set to consist of.
 */
export function createStore(clients: readonly ClientMetadata[]): AdapterFactory {
  const registered = new Map<string, AdapterPayload>(clients.map((client) => [client.client_id, client]))
  return (model) => createAdapter(model === 'Client' ? registered : new Map())
}

/** With what client credentials, introspection and revocation need; the rest is for users. */
function createAdapter(entries: Map<string, AdapterPayload>): Adapter {
  const find = (id: string) => Promise.resolve(entries.get(id))
  const unused = () => Promise.reject(new Error('not needed here'))
  return {
    find,
    upsert(id, payload) {
      entries.set(id, payload)
      return Promise.resolve()
    },
    destroy(id) {
      entries.delete(id)
      return Promise.resolve()
    },
    consume: unused,
    findByUid: unused,
    findByUserCode: unused,
    revokeByGrantId: unused,
  }
}
