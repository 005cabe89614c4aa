import { expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { startAuthorizationServer, type MetadataStyle } from '@bearward/testing'
import { createManualClock } from '../../support/manual-clock.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { createScriptedFetch } from '../../support/scripted-fetch.js'
import { AUDIENCE, useServers } from '../../support/servers.js'

const servers = useServers()
const HOST = 'https://as.example.com'
const OAUTH = '/.well-known/oauth-authorization-server'
const OPENID = '/.well-known/openid-configuration'

/** What is asked for, in order, until a URL answers with good metadata; `undefined`: none does. */
async function urlsAskedFor(issuer: string, answering?: string): Promise<readonly string[]> {
  const { authorizationServer } = servers()
  const { fetch, urls } = createScriptedFetch({
    ...(answering !== undefined && { [answering]: { issuer, jwks_uri: `${HOST}/jwks` } }),
    [`${HOST}/jwks`]: authorizationServer.keySet(),
  })
  const resourceServer = createResourceServer({ issuer, audience: AUDIENCE, fetch })
  const verdict = await verdictOn(resourceServer, await authorizationServer.mint({ iss: issuer }))
  expect(verdict).toBe(answering === undefined ? 'ERR_AUTHORIZATION_SERVER_RESPONSE' : 'accepted')
  return urls
}

rule('8414-3-a', 'asks at the host for an issuer without a path', async () => {
  expect(await urlsAskedFor(HOST)).toEqual([HOST + OAUTH, HOST + OPENID])
})

ruleForEach(
  ['8414-3-a', '8414-5-a'],
  { 'of one segment': '/t1', 'of several segments': '/realms/a/b', 'with an encoded slash': '/a%2Fb' },
  'inserts the well-known part between host and path, and appends it last: path %s',
  async (path) => {
    expect(await urlsAskedFor(HOST + path)).toEqual([
      HOST + OAUTH + path,
      HOST + OPENID + path,
      HOST + path + OPENID,
    ])
  },
)

rule(['8414-3.1-a', '8414-5-b'], 'takes a slash at the end of the path away before', async () => {
  expect(await urlsAskedFor(`${HOST}/t1/`)).toEqual([
    `${HOST}${OAUTH}/t1`,
    `${HOST}${OPENID}/t1`,
    `${HOST}/t1${OPENID}`,
  ])
  expect(await urlsAskedFor(`${HOST}/`)).toEqual([HOST + OAUTH, HOST + OPENID])
})

ruleForEach(
  ['8414-5-a', '8414-5-b'],
  {
    'OAuth, inserted': [`${HOST}${OAUTH}/t1`, 1],
    'OpenID, inserted': [`${HOST}${OPENID}/t1`, 2],
    'OpenID, appended': [`${HOST}/t1${OPENID}`, 3],
  } as const,
  'stops asking at the first URL that answers: %s',
  async ([url, requests]) => {
    for (const issuer of [`${HOST}/t1`, `${HOST}/t1/`]) {
      const urls = await urlsAskedFor(issuer, url)
      expect(urls.slice(requests - 1)).toEqual([url, `${HOST}/jwks`])
      expect(urls).toHaveLength(requests + 1)
    }
  },
)

rule(['8414-3-a', '8414-5-a'], 'asks first, the next time, the URL that answered the last time', async () => {
  const { authorizationServer } = servers()
  const clock = createManualClock()
  const issuer = `${HOST}/t1`
  const answers: Record<string, object> = { [`${HOST}/jwks`]: authorizationServer.keySet() }
  const { fetch, urls } = createScriptedFetch(answers)
  const metadata = { issuer, jwks_uri: `${HOST}/jwks` }
  const resourceServer = createResourceServer({ issuer, audience: AUDIENCE, clock, fetch })
  const token = await authorizationServer.mint({ iss: issuer, exp: clock.now() + 86_400 })
  const urlsAfter = async (seconds: number) => {
    const before = urls.length
    clock.advance(seconds)
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
    return urls.slice(before)
  }
  const [oauth, inserted, appended] = [`${HOST}${OAUTH}/t1`, `${HOST}${OPENID}/t1`, `${HOST}/t1${OPENID}`]
  answers[appended] = metadata
  expect(await urlsAfter(0)).toEqual([oauth, inserted, appended, `${HOST}/jwks`])
  expect(await urlsAfter(600)).toEqual([appended, `${HOST}/jwks`])
  Reflect.deleteProperty(answers, appended)
  answers[inserted] = metadata
  expect(await urlsAfter(600)).toEqual([appended, oauth, inserted, `${HOST}/jwks`])
  expect(await urlsAfter(600)).toEqual([inserted, `${HOST}/jwks`])
})

const STYLES: Readonly<Record<MetadataStyle, number>> = { oauth: 0, 'openid-inserted': 1, openid: 2 }

ruleForEach(
  ['8414-3-a', '8414-5-a'],
  Object.fromEntries(Object.entries(STYLES).map((entry) => [entry[0], entry])),
  'finds the metadata of a real server, wherever they stand: %s',
  async ([metadata, elsewhere]) => {
    const authorizationServer = await startAuthorizationServer({
      algorithms: ['ES256'],
      path: '/tenants/a/',
      metadata: metadata as MetadataStyle,
    })
    const { issuer, mint, requests, close } = authorizationServer
    try {
      const resourceServer = createResourceServer({ issuer, audience: AUDIENCE })
      expect(await verdictOn(resourceServer, await mint())).toBe('accepted')
      expect(requests).toEqual({
        metadata: 1,
        jwks: 1,
        token: 0,
        introspection: 0,
        revocation: 0,
        other: elsewhere,
      })
    } finally {
      await close()
    }
  },
)

rule('8414-impl-a', 'never asks where a token says that its issuer is', async () => {
  const { authorizationServer } = servers()
  const evil = await startAuthorizationServer({ algorithms: ['ES256'] })
  try {
    const { fetch, urls } = createScriptedFetch()
    const resourceServer = createResourceServer({ issuer: HOST, audience: AUDIENCE, fetch })
    for (const iss of [evil.issuer, `${HOST}/other`, `${HOST}@${new URL(evil.issuer).host}`]) {
      expect(await verdictOn(resourceServer, await evil.mint({ iss }))).toBe('ERR_TOKEN_ISSUER')
    }
    expect(urls).toEqual([])
    expect(evil.requests).toEqual({
      metadata: 0,
      jwks: 0,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 0,
    })
    expect(await verdictOn(servers().resourceServer, await authorizationServer.mint())).toBe('accepted')
  } finally {
    await evil.close()
  }
})
