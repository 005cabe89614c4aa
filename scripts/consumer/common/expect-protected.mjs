import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { startAuthorizationServer } from '@bearward/testing'

/** Expects an app with `GET /stats` to refuse a request without access token and to accept one with a good token. */
export async function expectProtected(createHandler) {
  const authorizationServer = await startAuthorizationServer({ audience: 'https://api.example.com' })
  const server = createServer(createHandler(authorizationServer.issuer))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}/stats`

  const refused = await fetch(url)
  assert.equal(refused.status, 401)
  assert.match(refused.headers.get('WWW-Authenticate'), /^Bearer realm=/)

  const accessToken = await authorizationServer.mint({ client_id: 'statistics', scope: 'stats:read' })
  const accepted = await fetch(url, { headers: { Authorization: `Bearer ${accessToken}` } })
  assert.equal(accepted.status, 200)
  assert.deepEqual(await accepted.json(), { client: 'statistics' })

  server.closeAllConnections()
  server.close()
  await authorizationServer.close()
}
