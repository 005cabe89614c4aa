import { beforeEach, expect } from '@jest/globals'
import { createDpopServers, ORIGIN, type DpopServers } from '../../support/dpop.js'
import { rule, ruleForEach } from '../../support/rule.js'

let servers: DpopServers
beforeEach(async () => {
  servers = await createDpopServers()
})

/** The verdict on a request for a target, with a proof for a URI. */
async function verdict(htu: unknown, target: string, fields = {}): Promise<string> {
  const token = await servers.mintBound()
  const proof = await servers.prove(token, {}, { claims: { htu } })
  return servers.verdictOf({ token, proof, target, fields })
}

ruleForEach(
  '9449-4.3-9',
  {
    'the query of the request': [`${ORIGIN}/r`, '/r?a=1'],
    'the query and the fragment of the proof': [`${ORIGIN}/r?a=2#x`, '/r'],
    'both, however they differ': [`${ORIGIN}/r?a=2#x`, '/r?a=1'],
  },
  'compares the target URI without %s',
  async ([htu, target = '']) => {
    expect(await verdict(htu, target)).toBe('accepted')
    expect(await verdict(htu, `/other${target}`)).toBe('ERR_PROOF_TARGET')
  },
)

ruleForEach(
  '9449-4.3-n',
  {
    'scheme and host in upper case': ['HTTPS://API.Example.COM/r', '/r'],
    'the default port': [`${ORIGIN}:443/r`, '/r'],
    'dot segments': [`${ORIGIN}/a/../r`, '/r'],
    'a letter that needs no encoding': [`${ORIGIN}/%7eu`, '/~u'],
    'hexadecimal digits in lower case': [`${ORIGIN}/a%2fb`, '/a%2Fb'],
  },
  'knows a URI that has %s',
  async ([htu, target = '']) => {
    expect(await verdict(htu, target)).toBe('accepted')
  },
)

ruleForEach(
  '9449-4.3-n',
  {
    'an encoded slash': [`${ORIGIN}/a%2Fb`, '/a/b'],
    'a slash at the end': [`${ORIGIN}/r/`, '/r'],
    'the path in another case': [`${ORIGIN}/R`, '/r'],
    'another port': [`${ORIGIN}:8443/r`, '/r'],
    'no TLS': ['http://api.example.com/r', '/r'],
  },
  'tells apart a URI that has %s',
  async ([htu, target = '']) => {
    expect(await verdict(htu, target)).toBe('ERR_PROOF_TARGET')
    expect(await verdict(`${ORIGIN}${target}`, target)).toBe('accepted')
  },
)

ruleForEach(
  '9449-htu-a',
  {
    'a field of a proxy': { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    'a field of a proxy, standardized': { forwarded: 'host=evil.example;proto=https' },
    'the host': { host: 'evil.example' },
    'a rewritten path': { 'x-original-url': '/stolen', 'x-rewrite-url': '/stolen' },
    'a prefix': { 'x-forwarded-prefix': '/stolen' },
  },
  'takes the origin from the configuration, and not from %s',
  async (fields) => {
    for (const htu of ['https://evil.example/r', `${ORIGIN}/stolen`, `${ORIGIN}/stolen/r`]) {
      expect(await verdict(htu, '/r', fields)).toBe('ERR_PROOF_TARGET')
    }
    expect(await verdict(`${ORIGIN}/r`, '/r', fields)).toBe('accepted')
  },
)

rule('9449-htu-a', 'does not believe an absolute request target of another origin', async () => {
  expect(await verdict('http://evil.example/r', 'http://evil.example/r')).toBe('ERR_PROOF_TARGET')
  expect(await verdict(`${ORIGIN}/r`, 'http://evil.example/r')).toBe('ERR_PROOF_TARGET')
  expect(await verdict(`${ORIGIN}/r`, `${ORIGIN}/r?a`)).toBe('accepted')
})

rule('9449-htu-a', 'believes the host where the developer says so, and one host alone', async () => {
  servers = await createDpopServers({ dpop: { dangerouslyTrustHost: true } })
  expect(await verdict('http://other.example/r', '/r', { host: 'other.example' })).toBe('accepted')
  expect(await verdict(`${ORIGIN}/r`, '/r', { host: 'other.example' })).toBe('ERR_PROOF_TARGET')
  expect(await verdict(`${ORIGIN}/r`, '/r')).toBe('ERR_PROOF_TARGET')
  const twice = { host: ['other.example', 'other.example'] }
  expect(await verdict('http://other.example/r', '/r', twice)).toBe('ERR_PROOF_TARGET')
  const token = await servers.mintBound()
  const proof = await servers.prove(token)
  const [fields, members] = [{ host: 'api.example.com' }, { secure: true }]
  expect(await servers.verdictOf({ token, proof, fields })).toBe('ERR_PROOF_TARGET')
  expect(await servers.verdictOf({ token, proof, fields, members })).toBe('accepted')
})

ruleForEach(
  '9449-htu-b',
  {
    'a path': '/r',
    'a host and a path': 'api.example.com/r',
    'a reference without scheme': '//api.example.com/r',
    'user information': 'https://a@api.example.com/r',
    'a space': `${ORIGIN}/r `,
    'a tab': `${ORIGIN}/\tr`,
    'a backslash': 'https:\\\\api.example.com\\r',
    'letters of full width': 'https://ａpi.example.com/r',
  },
  'needs an absolute URI, and not %s',
  async (htu) => {
    expect(await verdict(htu, '/r')).toBe('ERR_PROOF_TARGET')
    expect(await verdict(`${ORIGIN}/r`, '/r')).toBe('accepted')
  },
)
