import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import * as bearwardExpress from '@bearward/express'
import * as bearwardKoa from '@bearward/koa'
import { startAuthorizationServer } from '@bearward/testing'
import express from 'express'
import Koa from 'koa'

const authorizationServer = await startAuthorizationServer()
const options = { issuer: authorizationServer.issuer, audience: 'https://api.example.com' }
const accessToken = await authorizationServer.mint({ client_id: 'statistics', scope: 'stats:read' })

const expressApp = express()
expressApp.use(bearwardExpress.requireToken(options), bearwardExpress.requireScope('stats:read'))
expressApp.get('/', (req, res) => res.send(req.auth.clientId))
await expectProtected(expressApp)

const koaApp = new Koa()
koaApp.use(bearwardKoa.requireToken(options)).use(bearwardKoa.requireScope('stats:read'))
koaApp.use((ctx) => (ctx.body = ctx.state.auth.clientId))
await expectProtected(koaApp.callback())

await authorizationServer.close()

async function expectProtected(handler) {
  const server = createServer(handler)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}/`

  const refused = await fetch(url)
  assert.equal(refused.status, 401)
  assert.match(refused.headers.get('WWW-Authenticate'), /^Bearer realm=/)

  const accepted = await fetch(url, { headers: { Authorization: `Bearer ${accessToken}` } })
  assert.equal(accepted.status, 200)
  assert.equal(await accepted.text(), 'statistics')

  server.closeAllConnections()
  server.close()
}
