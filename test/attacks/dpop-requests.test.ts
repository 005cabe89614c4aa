import { expect } from '@jest/globals'
import { createProof } from '@bearward/testing'
import { describeBoundApis, fieldsOf } from '../support/bound-apis.js'
import { DPOP, ORIGIN } from '../support/dpop.js'
import type { RawRequest } from '../support/raw.js'
import { rule, ruleForEach } from '../support/rule.js'

describeBoundApis({ dpop: DPOP }, (bound) => {
  /** Expects a proof that was made for something else to be refused with a request, and one for it to be accepted. */
  const refusesFor = async (
    code: string,
    claims: Readonly<Record<string, unknown>>,
    request: RawRequest = {},
    good: Readonly<Record<string, unknown>> = {},
  ) => {
    const { mintBound, refuses, withProof } = bound()
    const token = await mintBound()
    const make = (changed: Readonly<Record<string, unknown>>) => async () => {
      const { fields = [] } = await withProof(token, { claims: changed })
      return { ...request, fields: [...fields, ...(request.fields ?? [])] }
    }
    await refuses(code, make(claims), make(good))
  }

  ruleForEach(
    'DPOP-11',
    { 'GET for POST': ['GET', 'POST'], 'get for GET': ['get', 'GET'], 'HEAD for GET': ['HEAD', 'GET'] },
    'refuses a proof for another method: %s',
    async ([htm, method = '']) => {
      const { mintBound, send, withProof } = bound()
      const token = await mintBound({ scope: 'stats:read stats:write' })
      const target = method === 'POST' ? '/stats' : '/me'
      const requestFor = async (claimed: string | undefined) => ({
        ...(await withProof(token, { claims: { htm: claimed, htu: `${ORIGIN}${target}` } })),
        method,
        target,
      })
      expect((await send(await requestFor(htm))).status).toBe(401)
      expect((await send(await requestFor(method))).status).toBe(200)
    },
  )

  rule('DPOP-11', 'does not look at fields that name another method', async () => {
    const fields = [['X-HTTP-Method-Override', 'DELETE'] as const]
    await refusesFor('ERR_PROOF_TARGET', { htm: 'DELETE' }, { fields })
  })

  ruleForEach(
    'DPOP-12',
    {
      'another path': `${ORIGIN}/you`,
      'a path below': `${ORIGIN}/me/me`,
      'a slash at the end': `${ORIGIN}/me/`,
      'the path in another case': `${ORIGIN}/ME`,
      'another host': 'https://evil.example/me',
      'a longer host': 'https://api.example.com.evil.example/me',
      'another port': `${ORIGIN}:8443/me`,
      'no TLS': 'http://api.example.com/me',
      'user information': 'https://api.example.com@evil.example/me',
      'user information before the host': 'https://x@api.example.com/me',
      'a backslash': 'https://api.example.com\\me',
      'a tab that URL parsers drop': `${ORIGIN}/m\te`,
      'a space at the end': `${ORIGIN}/me `,
      'letters of full width': 'https://api.example.com/ｍe',
      'a host of full width': 'https://ａpi.example.com/me',
      'no scheme': '//api.example.com/me',
      'a path alone': '/me',
      'an encoded slash': `${ORIGIN}%2Fme`,
    },
    'refuses a proof for another address: %s',
    async (htu) => refusesFor('ERR_PROOF_TARGET', { htu }),
  )

  ruleForEach(
    'DPOP-12',
    {
      'dot segments': `${ORIGIN}/a/../me`,
      'an encoded letter': `${ORIGIN}/%6De`,
      'the default port': `${ORIGIN}:443/me`,
      'another case': 'HTTPS://API.example.com/me',
    },
    'accepts a proof for the same address in another spelling: %s',
    async (htu) => {
      const { mintBound, send, withProof } = bound()
      expect((await send(await withProof(await mintBound(), { claims: { htu } }))).status).toBe(200)
    },
  )

  rule('DPOP-12', 'tells an encoded slash of the request from one that separates', async () => {
    const { codes, mintBound, send, withProof } = bound()
    const token = await mintBound()
    const request = { ...(await withProof(token)), target: '/me%2Fx' }
    await send(request)
    expect(codes).toEqual(['ERR_PROOF_TARGET'])
  })

  ruleForEach(
    'DPOP-13',
    {
      'of the request': ['/me?a=1', '/me'],
      'of the proof': ['/me', '/me?a=2#x'],
      'of both': ['/me?a=1', '/me?b#y'],
    },
    'does not mind the query %s, nor a fragment',
    async ([target = '', path = '']) => {
      const claims = { htu: `${ORIGIN}${path}` }
      await refusesFor('ERR_PROOF_TARGET', { htu: `${ORIGIN}/you${path}` }, { target }, claims)
    },
  )

  ruleForEach(
    'DPOP-16',
    {
      'X-Forwarded-Host': [['X-Forwarded-Host', 'evil.example']],
      'X-Forwarded-Host, twice': [
        ['X-Forwarded-Host', 'api.example.com'],
        ['X-Forwarded-Host', 'evil.example'],
      ],
      'X-Forwarded-Proto': [['X-Forwarded-Proto', 'http, https']],
      'X-Forwarded-Prefix': [['X-Forwarded-Prefix', '/stolen']],
      Forwarded: [['Forwarded', 'host=evil.example;proto=https']],
      'X-Original-URL': [['X-Original-URL', '/stolen']],
    } as const,
    'does not let %s say where a proof is good',
    async (fields) => {
      for (const htu of [
        'https://evil.example/me',
        `${ORIGIN}/stolen/me`,
        `${ORIGIN}/stolen`,
        'http://api.example.com/me',
      ]) {
        await refusesFor('ERR_PROOF_TARGET', { htu }, { fields })
      }
    },
  )

  ruleForEach(
    'DPOP-18',
    {
      'ten minutes old': (now: number) => now - 600,
      'ten minutes ahead': (now: number) => now + 600,
      'of the year 1970': () => 0,
      negative: () => -1,
      'in milliseconds': (now: number) => now * 1000,
      'a fraction far away': (now: number) => now - 600.5,
    },
    'refuses a proof whose time is %s',
    async (time) => refusesFor('ERR_PROOF_TIME', { iat: time(Date.now() / 1000) }),
  )

  ruleForEach(
    'DPOP-18',
    { 'a text': '1767225600', missing: undefined, null: null, 'a list': [1], true: true },
    'refuses a proof whose time is %s, and no number',
    async (iat) => refusesFor('ERR_PROOF_MALFORMED', { iat }),
  )

  ruleForEach(
    ['DPOP-18', 'TIME-12'],
    {
      'beyond the range of a number': ['1e400', 'ERR_PROOF_MALFORMED'],
      'the largest 64-bit integer': ['9223372036854775807', 'ERR_PROOF_TIME'],
      'the smallest 64-bit integer': ['-9223372036854775808', 'ERR_PROOF_TIME'],
      'the largest safe integer': ['9007199254740991', 'ERR_PROOF_TIME'],
      'the end of 32 bits': ['2147483648', 'ERR_PROOF_TIME'],
      'the largest number': ['1.7976931348623157e308', 'ERR_PROOF_TIME'],
    } as const,
    'refuses a proof whose time is %s',
    async ([iat, code]) => {
      const { key, mintBound, refuses, withProof } = bound()
      const token = await mintBound()
      const attack = async () => {
        const proof = await createProof(key, { url: `${ORIGIN}/me`, token }, { claims: { iat: 'IAT' } })
        const [header = '', payload = '', signature = ''] = proof.split('.')
        const text = Buffer.from(payload, 'base64url').toString().replace('"IAT"', iat)
        return {
          fields: fieldsOf(token, [header, Buffer.from(text).toString('base64url'), signature].join('.')),
        }
      }
      await refuses(code === 'ERR_PROOF_TIME' ? 'ERR_PROOF_SIGNATURE' : code, attack, () => withProof(token))
      if (code === 'ERR_PROOF_TIME') await refusesFor(code, { iat: Number(iat) })
    },
  )
})
