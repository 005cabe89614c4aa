import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from '@jest/globals'
import { fromNodeRequest, fromWebRequest, type NodeRequest, type ResourceServer } from '@bearward/core'
import { requireToken } from '@bearward/koa'
import express5 from 'express'
import express4 from 'express4'
import Koa3 from 'koa'
import Koa2 from 'koa2'
import { describeBoundApis } from '../support/bound-apis.js'
import { createDpopServers, DPOP, ORIGIN, toRequest, type DpopServers } from '../support/dpop.js'
import { sendRaw } from '../support/raw.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'

const TRUSTING = { dpop: { dangerouslyTrustHost: true } } as const
const [OWN, OTHER] = ['api.example.com', 'other.example']

/** The verdicts on a message with a proof for one host, and with a proof for the other. */
async function verdictsOn(message: NodeRequest): Promise<readonly string[]> {
  const { mintBound, prove, resourceServer } = await createDpopServers(TRUSTING)
  const token = await mintBound()
  const verdicts: string[] = []
  for (const host of [OWN, OTHER]) {
    const request = toRequest({ token, proof: await prove(token, { url: `http://${host}/stats` }) })
    const { fieldValues } = fromNodeRequest(message)
    const fieldsOf = (name: string) => (name === 'host' ? fieldValues(name) : request.fieldValues(name))
    verdicts.push(await verdictOn(resourceServer, { ...request, fieldValues: fieldsOf }))
  }
  return verdicts
}

/** What an API over HTTP/2 says to a request for `/stats` with these fields, and a proof for a host. */
async function askOverHttp2(
  servers: DpopServers,
  fields: Readonly<Record<string, string>>,
  host: string,
): Promise<string> {
  const token = await servers.mintBound()
  const dpop = await servers.prove(token, { url: `http://${host}/stats` })
  const server = createServer((message, response) => {
    void verdictOn(servers.resourceServer, fromNodeRequest(message)).then((verdict) => response.end(verdict))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`)
  const stream = client.request({ ':path': '/stats', authorization: `DPoP ${token}`, dpop, ...fields })
  let verdict = ''
  for await (const chunk of stream.setEncoding('latin1')) verdict += String(chunk)
  client.close()
  server.close()
  return verdict
}

const [REFUSED, ACCEPTED] = ['ERR_PROOF_TARGET', 'accepted']

ruleForEach(
  'OWN-66',
  {
    'another Host beside :authority': [{ ':authority': OWN, host: OTHER }, REFUSED, REFUSED],
    'the same Host beside :authority': [{ ':authority': OWN, host: 'API.example.com' }, ACCEPTED, REFUSED],
    ':authority alone': [{ ':authority': OWN }, ACCEPTED, REFUSED],
    'Host alone': [{ host: OTHER }, REFUSED, ACCEPTED],
  } as const,
  'takes a request over HTTP/2 to be for one host at most: %s',
  async ([fields, own, other]) => {
    const servers = await createDpopServers(TRUSTING)
    const verdicts = [await askOverHttp2(servers, fields, OWN), await askOverHttp2(servers, fields, OTHER)]
    expect(verdicts).toEqual([own, other])
  },
)

rule(
  'OWN-66',
  'finds :authority in raw header fields as well, and no Host that differs from it',
  async () => {
    const authority = [':authority', OWN]
    expect(await verdictsOn({ rawHeaders: [...authority, 'host', OTHER] })).toEqual([REFUSED, REFUSED])
    expect(await verdictsOn({ rawHeaders: [...authority, 'host', OWN] })).toEqual([ACCEPTED, REFUSED])
    expect(await verdictsOn({ rawHeaders: authority })).toEqual([ACCEPTED, REFUSED])
    expect(await verdictsOn({ rawHeaders: ['Host', OTHER] })).toEqual([REFUSED, ACCEPTED])
    expect(await verdictsOn({ headers: { ':authority': '', host: OTHER } })).toEqual([REFUSED, REFUSED])
  },
)

describeBoundApis({ dpop: DPOP }, (bound) => {
  /** Expects a target to be refused with a proof for what a parser makes of it, and with one for the very same text. */
  async function refuses(target: string, path: string): Promise<void> {
    const { mintBound, refuses: refusesRequest, withProof } = bound()
    const token = await mintBound()
    const twin = () => withProof(token)
    for (const htu of [ORIGIN + path, ORIGIN + target]) {
      const attack = async () => ({ ...(await withProof(token, { claims: { htu } })), target })
      await refusesRequest(REFUSED, attack, twin)
    }
  }

  ruleForEach(
    'OWN-67',
    {
      'two dots': '/admin/../me',
      'two dots at the root': '/../me',
      'a dot': '/./me',
      'encoded dots': '/admin/%2e%2E/me',
      'dots of which one is encoded': '/admin/.%2e/me',
      'dots in an absolute target': `${ORIGIN}/admin/../me`,
    },
    'refuses a request target with %s, which no router takes for what a parser makes of it',
    async (target) => refuses(target, '/me'),
  )

  rule('OWN-69', 'refuses a request target with a fragment', async () => refuses('/me#admin', '/me'))
})

ruleForEach(
  'OWN-68',
  {
    'two dots': '/../other/stats',
    'encoded dots': '/%2e%2e/other/stats',
    'more dots than it has segments': '/a/../../other/stats',
  },
  'lets no request leave the prefix of the API by %s',
  async (target) => {
    const servers = await createDpopServers({ dpop: { origin: `${ORIGIN}/v1` } })
    const token = await servers.mintBound()
    const verdict = async (url: string, requested: string) =>
      servers.verdictOf({ token, proof: await servers.prove(token, { url }), target: requested })
    expect(await verdict(`${ORIGIN}/other/stats`, target)).toBe(REFUSED)
    expect(await verdict(`${ORIGIN}/v1${target}`, target)).toBe(REFUSED)
    expect(await verdict(`${ORIGIN}/v1/other/stats`, '/other/stats')).toBe(ACCEPTED)
  },
)

ruleForEach(
  'OWN-68',
  {
    'dot segments': ['http://api.example.com/admin/../stats', REFUSED],
    'encoded dot segments': ['http://api.example.com/admin/%2e%2e/stats', REFUSED],
    'a backslash': ['http://api.example.com\\stats', REFUSED],
    'a query for the whole path': ['http://api.example.com?/stats', REFUSED],
    'a fragment for it': ['http://api.example.com#/stats', REFUSED],
    'a fragment': ['http://api.example.com/stats#/admin', REFUSED],
    'a query': ['http://api.example.com/stats?a=/b', ACCEPTED],
    nothing: ['http://api.example.com/stats', ACCEPTED],
  } as const,
  'resolves no URL of a Fetch request that a router does not: %s',
  async ([url, outcome]) => {
    const { mintBound, prove, resourceServer } = await createDpopServers()
    const token = await mintBound()
    const verdictFor = async (path: string) => {
      const headers = new Headers({
        authorization: `DPoP ${token}`,
        dpop: await prove(token, { url: `${ORIGIN}${path}` }),
      })
      // As some servers for Node.js make them: of the text as it came.
      const request = fromWebRequest(
        new Proxy(new Request(ORIGIN, { headers }), {
          get: (of, name) => (name === 'url' ? url : (Reflect.get(of, name, of) as unknown)),
        }),
      )
      return verdictOn(resourceServer, request)
    }
    expect([await verdictFor('/stats'), await verdictFor('/')]).toEqual([outcome, REFUSED])
  },
)

/** Express routers take `/admin` away from what they pass to these. */
const MOUNTED: Readonly<Record<string, (resourceServer: ResourceServer) => RequestListener>> = {
  'Koa 3': (resourceServer) => toKoa(new Koa3(), resourceServer),
  'Koa 2': (resourceServer) => toKoa(new Koa2(), resourceServer),
  'the core': (resourceServer) => (message, response) =>
    void verdictOn(resourceServer, fromNodeRequest(message)).then((verdict) => {
      response.statusCode = verdict === 'accepted' ? 200 : 401
      response.end()
    }),
}

function toKoa(app: Koa3, resourceServer: ResourceServer): RequestListener {
  app.use(requireToken(resourceServer)).use((ctx) => {
    ctx.body = 'good'
  })
  const listener = app.callback()
  return (message, response) => void listener(message, response)
}

ruleForEach('OWN-94', MOUNTED, 'takes no proof for what Express leaves of a URL: %s', async (mount) => {
  const { mintBound, prove, resourceServer } = await createDpopServers()
  const token = await mintBound()
  for (const [name, express] of Object.entries({ express4, express5 })) {
    const app = express().use('/admin', mount(resourceServer))
    const statusFor = async (path: string) => {
      const dpop = await prove(token, { url: `${ORIGIN}${path}` })
      const fields = [
        ['Authorization', `DPoP ${token}`],
        ['DPoP', dpop],
      ] as const
      return (await sendRaw(app, { target: '/admin/stats', fields })).status
    }
    expect([name, await statusFor('/stats'), await statusFor('/admin/stats')]).toEqual([name, 401, 200])
  }
})
