import { createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { selfSign } from '../../support/certificate.js'
import { INTROSPECTION } from '../../support/introspection.js'
import { createOwnKey } from '../../support/jws.js'
import { verdictOn } from '../../support/request.js'
import { rule } from '../../support/rule.js'
import { AUDIENCE } from '../../support/servers.js'

const ANSWER = { active: true, aud: AUDIENCE }

rule('7662-2-a', 'sends no token to an endpoint whose certificate nobody trusts', async () => {
  const tls = createOwnKey('P-256')
  const certificate = selfSign(createPublicKey(tls.privateKey), tls.privateKey).toString('base64')
  const cert = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`
  const key = tls.privateKey.export({ format: 'pem', type: 'pkcs8' })
  let requests = 0
  const server = createServer({ cert, key }, (_request, response) => {
    requests += 1
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(ANSWER))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const introspection = { ...INTROSPECTION, endpoint: `${issuer}/introspect` }
  const options = { issuer, audience: AUDIENCE, introspection }
  const resourceServer = createResourceServer(options)
  expect(await verdictOn(resourceServer, 'opaque')).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
  expect(requests).toBe(0)
  const scripted = () => Promise.resolve(Response.json(ANSWER))
  expect(await verdictOn(createResourceServer({ ...options, fetch: scripted }), 'opaque')).toBe('accepted')
  resourceServer.close()
  server.close()
})
