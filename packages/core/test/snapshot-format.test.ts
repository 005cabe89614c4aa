import { describe, expect, test } from '@jest/globals'
import { createOwnKey } from '../../../test/support/jws.js'
import { createKeySetSnapshot } from '../../../test/support/snapshot.js'
import { createVirtualServers } from '../../../test/support/virtual-servers.js'

const own = createOwnKey('P-256')
/** 2026-01-01, when virtual clocks begin. */
const START = 1_767_225_600
const ISSUER = 'https://as.example.com'

const snapshotOf = (keySet: object = {}) => ({
  version: 1,
  keySets: [createKeySetSnapshot(ISSUER, { fetchedAt: START, keys: [own.jwk], ...keySet })],
})

/** Servers of which the authorization server is down, and signs with `own`. */
async function createDown(options: Parameters<typeof createVirtualServers>[0] = {}) {
  const servers = await createVirtualServers(options)
  servers.authorizationServer.publish([own.jwk])
  servers.authorizationServer.behave('metadata', { fault: 'refuse' })
  return servers
}

describe('restore takes nothing but a snapshot', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['text', JSON.stringify(snapshotOf())],
    ['a list', [snapshotOf()]],
    ['an object without members', {}],
    ['another version', { ...snapshotOf(), version: 2 }],
    ['a version that is text', { ...snapshotOf(), version: '1' }],
    ['one without key sets', { version: 1 }],
    ['key sets that are an object', { version: 1, keySets: {} }],
    ['a key set that is null', { version: 1, keySets: [null] }],
    ['a key set that is a list', { version: 1, keySets: [[]] }],
    ['an issuer that is no text', snapshotOf({ issuer: 1 })],
    ['a source that is no text', snapshotOf({ source: null })],
    ['a source that is missing', snapshotOf({ source: undefined })],
    ['a time that is text', snapshotOf({ fetchedAt: String(START) })],
    ['a time that is no number', snapshotOf({ fetchedAt: NaN })],
    ['a time that is infinite', snapshotOf({ fetchedAt: -Infinity })],
    ['a lifetime that is text', snapshotOf({ lifetime: '600' })],
    ['a lifetime that is no number', snapshotOf({ lifetime: NaN })],
    ['a lifetime that is missing', snapshotOf({ lifetime: undefined })],
    ['keys that are no list', snapshotOf({ keys: own.jwk })],
    ['one good key set and a bad one', { version: 1, keySets: [...snapshotOf().keySets, {}] }],
  ])('and refuses %s', async (_name, value) => {
    const { resourceServer } = await createDown()
    await expect(resourceServer.restore(value)).rejects.toEqual(
      new TypeError('restore: needs what snapshot() gave, parsed from JSON'),
    )
    expect(resourceServer.health().ready).toBe(false)
    expect(await resourceServer.restore(snapshotOf())).toEqual([ISSUER])
    resourceServer.close()
  })
})
