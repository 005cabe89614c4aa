import cluster from 'node:cluster'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { createResourceServer, type ResourceServerOptions } from '@bearward/core'
import { configurationErrorOf, optionAtFault } from '../support/configuration.js'
import { DPOP, SECRET } from '../support/dpop.js'
import { rule } from '../support/rule.js'

const options = { issuer: 'https://as.example.com', audience: 'https://api.example.com' }
const SOCKET = { clientCertificates: { from: 'socket' } }
const withDpop = (more: object) => ({ ...options, dpop: { ...DPOP, ...more } })

describe('sender constraint', () => {
  test.each([
    ['nothing', {}],
    ['undefined', { senderConstraint: undefined, dpop: undefined, clientCertificates: undefined }],
    ['when-bound', { senderConstraint: 'when-bound' }],
    ['required, with DPoP', { senderConstraint: 'required', dpop: DPOP }],
    ['required, with certificates', { senderConstraint: 'required', ...SOCKET }],
    ['both', { dpop: DPOP, ...SOCKET }],
  ])('may be %s', (_name, given) => {
    expect(optionAtFault({ ...options, ...given })).toBeUndefined()
  })

  test.each([
    ['required, without a way to prove it', { senderConstraint: 'required' }, 'senderConstraint'],
    ['something else', { senderConstraint: 'always', dpop: DPOP }, 'senderConstraint'],
    ['switched by a boolean', { senderConstraint: true, dpop: DPOP }, 'senderConstraint'],
    ['DPoP, by a boolean', { dpop: true }, 'dpop'],
    ['DPoP, and null', { dpop: null }, 'dpop'],
    ['DPoP, with an own reader of tokens', { dpop: DPOP, readAccessToken: () => 'x' }, 'dpop'],
    ['DPoP of one authorization server', { authorizationServers: [{ ...options, dpop: DPOP }] }, 'dpop'],
  ])('cannot be %s', (_name, given, option) => {
    const base = 'authorizationServers' in given ? {} : options
    expect(optionAtFault({ ...base, ...given })).toBe(option)
  })
})

describe('dpop', () => {
  test.each([
    ['one origin', { origin: 'https://api.example.com' }],
    ['several', { origin: ['https://api.example.com', 'https://api.example.org:8443'] }],
    ['a path prefix', { origin: 'https://api.example.com/v1/' }],
    ['a path prefix with an escape', { origin: 'https://api.example.com/%C3%BC' }],
    ['a name in ASCII, of letters that are not', { origin: 'https://xn--mnchen-3ya.example' }],
    ['a name in upper case, and the default port', { origin: 'HTTPS://API.example.com:443' }],
    ['an address', { origin: ['https://192.0.2.1', 'https://[2001:db8::1]:8443'] }],
    ['loopback', { origin: 'http://localhost:3000' }],
    ['the host', { origin: undefined, dangerouslyTrustHost: true }],
    ['an algorithm', { algorithms: ['ES256'] }],
    ['an age', { proofMaxAge: 1 }],
    ['secrets', { nonceSecrets: [SECRET, `another ${SECRET}`] }],
    ['a store', { replayStore: { add: () => true } }],
  ])('may have %s', (_name, given) => {
    expect(optionAtFault(withDpop(given))).toBeUndefined()
  })

  test.each([
    ['no origin', { origin: undefined }, 'dpop.origin'],
    ['an empty origin', { origin: '' }, 'dpop.origin'],
    ['no origins', { origin: [] }, 'dpop.origin'],
    ['a host', { origin: 'api.example.com' }, 'dpop.origin'],
    ['another scheme', { origin: 'wss://api.example.com' }, 'dpop.origin'],
    ['a query', { origin: 'https://api.example.com?a' }, 'dpop.origin'],
    ['user information', { origin: 'https://a@api.example.com' }, 'dpop.origin'],
    ['dots', { origin: 'https://api.example.com/../x' }, 'dpop.origin'],
    ['encoded dots', { origin: 'https://api.example.com/%2e%2E/x' }, 'dpop.origin'],
    ['a host of other letters than those of ASCII', { origin: 'https://münchen.example' }, 'dpop.origin'],
    ['an address that parsers write otherwise', { origin: 'https://0x7f.1' }, 'dpop.origin'],
    ['a port that parsers write otherwise', { origin: 'https://api.example.com:08443' }, 'dpop.origin'],
    ['a wildcard', { origin: 'https://*.example.com' }, 'dpop.origin'],
    [
      'one good and a wildcard',
      { origin: ['https://a.example.com', 'https://*.example.com'] },
      'dpop.origin',
    ],
    ['no host', { origin: 'https:///x' }, 'dpop.origin'],
    ['a bad escape', { origin: 'https://api.example.com/%zz' }, 'dpop.origin'],
    ['a place for a parameter', { origin: 'https://api.example.com/[x]' }, 'dpop.origin'],
    ['a prefix of other letters than those of ASCII', { origin: 'https://api.example.com/ü' }, 'dpop.origin'],
    ['a backslash', { origin: 'https://api.example.com\\x' }, 'dpop.origin'],
    ['an origin and the host', { dangerouslyTrustHost: true }, 'dpop.origin'],
    [
      'the host, said otherwise',
      { origin: undefined, dangerouslyTrustHost: 'yes' },
      'dpop.dangerouslyTrustHost',
    ],
    ['no algorithm', { algorithms: [] }, 'dpop.algorithms'],
    ['none', { algorithms: ['none'] }, 'dpop.algorithms'],
    ['HS256', { algorithms: ['ES256', 'HS256'] }, 'dpop.algorithms'],
    ['no time', { proofMaxAge: 0 }, 'dpop.proofMaxAge'],
    ['no end', { proofMaxAge: Infinity }, 'dpop.proofMaxAge'],
    ['an age that is a text', { proofMaxAge: '60' }, 'dpop.proofMaxAge'],
    ['no secret', { nonceSecrets: [] }, 'dpop.nonceSecrets'],
    ['a short secret', { nonceSecrets: [SECRET, SECRET.slice(0, 31)] }, 'dpop.nonceSecrets'],
    ['five secrets', { nonceSecrets: Array.from({ length: 5 }, () => SECRET) }, 'dpop.nonceSecrets'],
    ['a store that stores nothing', { replayStore: {} }, 'dpop.replayStore'],
    ['a function for a store', { replayStore: () => true }, 'dpop.replayStore'],
    ['an unknown option', { maxAge: 1 }, 'maxAge'],
  ])('cannot have %s', (_name, given, option) => {
    const error = configurationErrorOf(withDpop(given))
    expect(error?.option).toBe(option)
    expect(error?.message).not.toContain(SECRET.slice(0, 31))
  })
})

describe('dpop.origin', () => {
  test.each([
    ['a wildcard', 'https://*.example.com', /host .* without wildcards/],
    ['letters that are not of ASCII', 'https://münchen.example', /host .* in ASCII \(as xn--/],
    ['a bad escape', 'https://api.example.com/%zz', /% that encodes nothing/],
    ['brackets', 'https://api.example.com/[x]', /brackets in its path/],
    ['no host', 'https:///x', /such as https:\/\/api\.example\.com/],
  ])('is told what is wrong with %s', (_name, origin, problem) => {
    expect(configurationErrorOf(withDpop({ origin }))?.message).toMatch(problem)
  })
})

describe('clientCertificates', () => {
  const trustedProxies = ['127.0.0.1']
  test.each([
    ['the socket', { from: 'socket' }],
    ['the socket of TLS 1.2', { from: 'socket', dangerouslyAllowTls12: true }],
    ['a field', { from: 'client-cert', trustedProxies }],
    ['a field of nginx', { from: 'x-ssl-client-cert', trustedProxies: ['::1'] }],
    ['a field of Envoy', { from: 'x-forwarded-client-cert', trustedProxies: ['10.0.0.0/8'] }],
  ])('may come from %s', (_name, clientCertificates) => {
    expect(optionAtFault({ ...options, clientCertificates })).toBeUndefined()
  })

  test.each([
    ['nowhere', {}, 'clientCertificates.from'],
    ['another field', { from: 'x-client-cert', trustedProxies }, 'clientCertificates.from'],
    ['a field of everybody', { from: 'client-cert' }, 'clientCertificates.trustedProxies'],
    ['a field of nobody', { from: 'client-cert', trustedProxies: [] }, 'clientCertificates.trustedProxies'],
    [
      'a field of the world',
      { from: 'client-cert', trustedProxies: ['0.0.0.0/0'] },
      'clientCertificates.trustedProxies',
    ],
    [
      'a field of a name',
      { from: 'client-cert', trustedProxies: ['proxy'] },
      'clientCertificates.trustedProxies',
    ],
    ['the socket of a proxy', { from: 'socket', trustedProxies }, 'clientCertificates.trustedProxies'],
    [
      'a proxy, whatever TLS it speaks',
      { from: 'client-cert', trustedProxies, dangerouslyAllowTls12: true },
      'clientCertificates.dangerouslyAllowTls12',
    ],
    [
      'the socket of TLS 1.2, said in words',
      { from: 'socket', dangerouslyAllowTls12: 'yes' },
      'clientCertificates.dangerouslyAllowTls12',
    ],
    ['a misspelt place', { form: 'socket' }, 'form'],
  ])('cannot come from %s', (_name, clientCertificates, option) => {
    expect(optionAtFault({ ...options, clientCertificates })).toBe(option)
  })
})

describe('several processes', () => {
  afterEach(() => {
    Object.assign(cluster, { isWorker: false })
  })

  rule('CFG-09', 'are warned of, where each would note used proofs for itself', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue(undefined)
    const create = (dpop: object) => {
      createResourceServer({ ...options, dpop } as ResourceServerOptions)
      return warn.mock.calls.length
    }
    expect(create(DPOP)).toBe(0)
    Object.assign(cluster, { isWorker: true })
    expect(create({ ...DPOP, replayStore: { add: () => true } })).toBe(0)
    expect(create(DPOP)).toBe(1)
    expect(warn.mock.calls[0]).toEqual([
      expect.stringContaining('dpop.replayStore'),
      { code: 'BEARWARD_REPLAY_STORE' },
    ])
  })
})
