import { format, inspect } from 'node:util'
import { expect } from '@jest/globals'
import { requestWithToken } from '../support/request.js'
import { rule } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

rule('OWN-55', 'shows no token to who prints an auth, with its hidden members or without', async () => {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint({ sub: 'alice' })
  const auth = await resourceServer.authenticate(requestWithToken(token))
  const printed = [
    ...['%o', '%O', '%j', '%s'].map((placeholder) => format(placeholder, auth)),
    inspect(auth, { showHidden: true, depth: Infinity, showProxy: true }),
    inspect({ auth: [auth] }, { showHidden: true, depth: Infinity }),
    JSON.stringify(structuredClone({ ...auth, scopes: [...auth.scopes] })),
  ]
  for (const text of printed) expect(text).not.toContain(token)
  expect([auth.token, format('%o', auth).includes('alice')]).toEqual([token, true])
})
