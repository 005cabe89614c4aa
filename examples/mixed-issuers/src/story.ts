import { createTokenSource } from '@bearward/client'
import type { Checks } from '@bearward/example-kit'
import { OUR_CLIENT, PARTNER_CLIENT, type Stage } from './stage.js'

/** Clients of both authorization servers call the API, and so does somebody with made-up tokens. */
export async function tellStory(stage: Stage, checks: Checks): Promise<void> {
  await acceptBoth(stage, checks)
  await refuseOthers(stage, checks)
  await forgetRevoked(stage, checks)
  await outliveOutage(stage, checks)
}

async function acceptBoth({ ours, partner, url }: Stage, { check }: Checks): Promise<void> {
  const jwt = await getToken(ours.issuer, OUR_CLIENT)
  check('a JWT of ours is accepted', await call(url, jwt), [
    200,
    { issuer: ours.issuer, clientId: 'our-app', via: 'jwt' },
  ])
  check('and its signature says all: nobody is asked', partner.requests.introspection, 0)

  const opaque = await getToken(partner.issuer, PARTNER_CLIENT)
  check('an opaque token of the partner is accepted', await call(url, opaque), [
    200,
    { issuer: partner.issuer, clientId: 'partner-app', via: 'introspection' },
  ])
  await call(url, opaque)
  check('and the partner is asked once for two requests', partner.requests.introspection, 1)
}

async function refuseOthers({ ours, partner, url }: Stage, { check }: Checks): Promise<void> {
  const narrow = partner.mintOpaque({ scope: 'stats:write' })
  check('an opaque token without stats:read is refused', await call(url, narrow), [
    403,
    'insufficient_scope',
    'The access token does not carry a required scope',
  ])

  const foreign = partner.mintOpaque({ aud: 'https://other.example.com' })
  check('so is an active one for another API', await call(url, foreign), [
    401,
    'invalid_token',
    'The access token is meant for another resource server',
  ])

  const inactive = [401, 'invalid_token', 'The access token is not active']
  check('so is random text', await call(url, 'c2F5cyBub3RoaW5nIHRvIGFueWJvZHk'), inactive)

  const asked = partner.requests.introspection
  const forged = await ours.mint({}, { signature: 'corrupt' })
  check('a forged JWT of ours is refused', await call(url, forged), [
    401,
    'invalid_token',
    'The signature of the access token is not valid',
  ])
  check('and the partner is not asked about it', partner.requests.introspection - asked, 0)
}

async function forgetRevoked({ partner, resourceServer, url }: Stage, { check }: Checks): Promise<void> {
  const token = await getToken(partner.issuer, PARTNER_CLIENT)
  check('a token is accepted', (await call(url, token))[0], 200)
  partner.revoke(token)
  check('revoked, it passes while the answer about it is kept, 60 seconds', (await call(url, token))[0], 200)
  resourceServer.forget(token) // where the API learns of it: a logout, or a message of the partner
  check('forgotten, it does not', (await call(url, token))[0], 401)
}

async function outliveOutage({ ours, partner, url }: Stage, { check }: Checks): Promise<void> {
  const [jwt, opaque] = [await ours.mint(), partner.mintOpaque()]
  await partner.close()
  check(
    'while the partner is down, its new tokens are neither good nor bad',
    (await call(url, opaque))[0],
    503,
  )
  check('and JWTs of ours are accepted as ever', (await call(url, jwt))[0], 200)
}

interface Client {
  readonly clientId: string
  readonly clientSecret: string
}

async function getToken(issuer: string, { clientId, clientSecret }: Client): Promise<string> {
  return (await createTokenSource({ issuer, clientId, clientSecret }).getToken()).accessToken
}

/** Status, and the body of a success or what the challenge says of a refusal. */
async function call(url: string, token: string): Promise<readonly unknown[]> {
  const response = await fetch(`${url}/stats`, { headers: { authorization: `Bearer ${token}` } })
  const text = await response.text()
  if (response.ok) return [response.status, JSON.parse(text) as unknown]
  const challenge = response.headers.get('www-authenticate') ?? ''
  const problem = [...challenge.matchAll(/error(?:_description)?="([^"]*)"/g)].map(([, value]) => value)
  return [response.status, ...problem]
}
