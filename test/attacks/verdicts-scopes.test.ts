import { expect } from '@jest/globals'
import type { Auth } from '@bearward/core'
import { createIntrospectingServers } from '../support/introspection.js'
import { requestWithToken } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'

ruleForEach(
  'VTC-13',
  {
    'in the claim of RFC 9068': [undefined, { scope: 'stats:read stats:write' }],
    'in a claim of a vendor, as a list': ['scp', { scope: undefined, scp: ['stats:read', 'stats:write'] }],
    'in a claim of a vendor, as text': [
      'permissions',
      { scope: undefined, permissions: 'stats:read stats:write' },
    ],
    'where a function finds them': [() => ['stats:read', 'stats:write'], { scope: undefined }],
  } as const,
  'takes away from a JWT the scopes that it lost, wherever it has them: %s',
  async ([scopesFrom, claims]) => {
    const options = scopesFrom === undefined ? {} : { scopesFrom }
    const { authorizationServer, resourceServer } = await createIntrospectingServers({}, options)
    const jwt = await authorizationServer.mint(claims)
    const scopesOf = async (auth: Promise<Auth>) => [...(await auth).scopes]
    const auth = await resourceServer.authenticate(requestWithToken(jwt))
    expect(await scopesOf(resourceServer.refresh(auth, { maxAge: 0 }))).toEqual(['stats:read', 'stats:write'])
    authorizationServer.setClaims(jwt, { scope: 'stats:read stats:admin' })
    expect(await scopesOf(resourceServer.refresh(auth, { maxAge: 0 }))).toEqual(['stats:read'])
    authorizationServer.setClaims(jwt, { scope: '' })
    expect(await scopesOf(resourceServer.refresh(auth, { maxAge: 0 }))).toEqual([])
  },
)

rule(
  'VTC-13',
  'leaves to a JWT with scopes and permissions the permissions of which the answer does not speak',
  async () => {
    const { authorizationServer, resourceServer } = await createIntrospectingServers(
      {},
      { scopesFrom: 'permissions' },
    )
    const jwt = await authorizationServer.mint({
      scope: 'openid',
      permissions: ['stats:read', 'stats:write'],
    })
    const auth = await resourceServer.authenticate(requestWithToken(jwt))
    authorizationServer.setClaims(jwt, { permissions: undefined })
    expect([...(await resourceServer.refresh(auth, { maxAge: 0 })).scopes]).toEqual([
      'stats:read',
      'stats:write',
    ])
    authorizationServer.setClaims(jwt, { permissions: ['stats:read'] })
    expect([...(await resourceServer.refresh(auth, { maxAge: 0 })).scopes]).toEqual(['stats:read'])
  },
)
