import { describe, expect, test } from '@jest/globals'
import { fromNodeRequest, fromWebRequest, type NodeRequest } from '../src/request.js'

const valuesOf = (message: NodeRequest, name: string) => fromNodeRequest(message).fieldValues(name)

describe('a request of Node.js', () => {
  test('has defaults for what is not there', () => {
    const message = {}
    const request = fromNodeRequest(message)
    expect(request).toMatchObject({ method: 'GET', target: '/', secure: false })
    expect(request.source).toBe(message)
    expect([request.form?.(), request.connection?.(), request.setResponseField]).toEqual([
      undefined,
      { remoteAddress: undefined, certificate: undefined },
      undefined,
    ])
    expect(request.fieldValues('authorization')).toEqual([])
  })

  test('has what the message has, unless the framework knows better', () => {
    const message = { method: 'PUT', url: '/a?b', socket: { encrypted: true } }
    expect(fromNodeRequest(message)).toMatchObject({ method: 'PUT', target: '/a?b', secure: true })
    const setResponseField = () => undefined
    const request = fromNodeRequest(message, { target: '/c', secure: false, setResponseField })
    expect(request).toMatchObject({ target: '/c', secure: false, setResponseField })
    expect(fromNodeRequest({ socket: {} }, { secure: true }).secure).toBe(true)
  })

  test.each([
    [999, {}, false],
    [1_000, {}, true],
    [1_000, { maxHeadersCount: null }, true],
    [1_000, { maxHeadersCount: 1_001 }, false],
    [9, { maxHeadersCount: 10 }, false],
    [10, { maxHeadersCount: 10 }, true],
    [5_000, { maxHeadersCount: 0 }, false],
  ])(
    'has one more of any field where Node.js may have dropped it: of %d, with %j',
    (count, server, isCut) => {
      const rawHeaders = Array.from({ length: count }, (_, index) => [`a-${String(index)}`, 'b']).flat()
      const message = { headers: { 'a-1': 'b' }, rawHeaders, socket: { server } }
      expect(valuesOf(message, 'a-1')).toEqual(isCut ? ['b', ''] : ['b'])
      expect(valuesOf(message, 'dpop')).toEqual(isCut ? [''] : [])
    },
  )

  test.each([{}, { encrypted: false }, { encrypted: 'true' }])('is not secure over %j', (socket) => {
    expect(fromNodeRequest({ socket }).secure).toBe(false)
  })

  test('has the fields that the application left in, and put in', () => {
    const rawHeaders = ['Authorization', 'Bearer a', 'X-Removed', 'b', 'X-Twice', '1', 'x-twice', '2']
    const headers = { authorization: 'Bearer c', 'x-added': 'd', 'x-twice': '1, 2', 'set-cookie': ['e', 'f'] }
    const message = { rawHeaders, headers }
    expect(valuesOf(message, 'authorization')).toEqual(['Bearer c'])
    expect(valuesOf(message, 'x-removed')).toEqual([])
    expect(valuesOf(message, 'x-added')).toEqual(['d'])
    expect(valuesOf(message, 'x-twice')).toEqual(['1', '2'])
    expect(valuesOf(message, 'set-cookie')).toEqual(['e', 'f'])
    expect(valuesOf(message, 'to-string')).toEqual([])
    expect(valuesOf({ headers: {} }, 'toString')).toEqual([])
    expect(valuesOf({ headers: { dpop: 'x' } }, 'dpop')).toEqual(['x'])
  })

  test('has the raw fields where there are no others', () => {
    const rawHeaders = ['DPoP', 'a', 'X', 'dpop', 'dpop', 'b', 'dpoq', 'c', 'dpop']
    expect(valuesOf({ rawHeaders }, 'dpop')).toEqual(['a', 'b'])
    expect(valuesOf({ rawHeaders }, 'x')).toEqual(['dpop'])
    expect(valuesOf({}, 'dpop')).toEqual([])
  })

  test('has one field of two with names of the same length', () => {
    const rawHeaders = ['abcd', '1', 'dpop', '2', 'efgh', '3']
    expect(valuesOf({ rawHeaders, headers: { dpop: '4' } }, 'dpop')).toEqual(['4'])
  })

  test.each([
    [{ host: 'a' }, ['a']],
    [{ ':authority': 'a' }, ['a']],
    [{ ':authority': 'a', host: 'A' }, ['a']],
    [{ ':authority': 'A', host: 'a' }, ['A']],
    [{ ':authority': 'a', host: 'b' }, ['a', 'b']],
    [{ authority: 'a' }, []],
  ])('has of the hosts %j these: %j', (headers, hosts) => {
    expect(valuesOf({ headers }, 'host')).toEqual(hosts)
  })

  test.each([
    ['application/x-www-form-urlencoded', true],
    [' Application/X-WWW-Form-Urlencoded ; charset=utf-8', true],
    ['application/json', false],
    ['', false],
    [undefined, false],
  ])('of the type %j has a form: %j', (contentType, expected) => {
    const body = { access_token: 'a' }
    const request = fromNodeRequest({ headers: { 'content-type': contentType } }, { body })
    expect(request.form?.()).toBe(expected ? body : undefined)
  })

  test('has a form where it has two types, one of which is that, and none where nobody has parsed it', () => {
    const type = 'application/x-www-form-urlencoded'
    const twice = {
      rawHeaders: ['Content-Type', type, 'Content-Type', type],
      headers: { 'content-type': type },
    }
    expect(fromNodeRequest(twice, { body: {} }).form?.()).toEqual({})
    for (const body of [undefined, null, 'access_token=a', 1]) {
      expect(fromNodeRequest({ headers: { 'content-type': type } }, { body }).form?.()).toBeUndefined()
    }
  })

  test.each([
    ['a=b', { a: 'b' }, { a: 'b' }],
    ['access_token=a', { access_token: 'a' }, { access_token: 'a' }],
    ['access_token=a', {}, { access_token: 'a' }],
    ['access_token=a&access_token=b', { access_token: 'a' }, { access_token: ['a', 'b'] }],
    ['access_token=a&access_token=b', {}, { access_token: ['a', 'b'] }],
    ['access_token=a&access_token=b&access_token=c', {}, { access_token: ['a', 'b'] }],
    ['access_token=a', { access_token: ['a', 'b'] }, { access_token: ['a', 'b'] }],
    ['access_token=a', undefined, undefined],
    [Buffer.from('access_token=a'), {}, {}],
    ['b=1&%61cces%73%5Ftok%65%6e=a%2Eb&c', {}, { access_token: 'a.b' }],
    ['access_token&access_token=', {}, { access_token: ['', ''] }],
    ['&access_token=a=b&', {}, { access_token: 'a=b' }],
    [
      'Access_Token=a&xaccess_token=a&access_tokenx=a&[x]access_token=a&[[x]access_token]=a&=access_token',
      {},
      {},
    ],
    ...[
      '[access_token]',
      '%5Baccess_token%5D',
      '%5baccess_token]',
      'access_token[]',
      'access_token%5B0%5d',
      '.access_token',
      '%2Eaccess_token',
      '[.access_token',
      'access_token.x',
    ].flatMap((spelling) => [
      [`${spelling}=a`, { access_token: 'a' }, { access_token: 'a' }] as const,
      [`access_token=a&${spelling}=b`, { access_token: 'a' }, { access_token: ['a', null] }] as const,
      [`${spelling}=a&access_token=b`, { access_token: 'a' }, { access_token: [null, 'b'] }] as const,
      [`b&${spelling}=a`, { b: '' }, { access_token: null }] as const,
    ]),
  ])('has of the text %j, parsed as %j, the form %j', (rawBody, body, form) => {
    const message = { headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    expect(fromNodeRequest(message, { body, rawBody }).form?.()).toEqual(form)
  })

  test('tells who opened the connection', () => {
    const raw = Buffer.from('der')
    const connectionOf = (socket: object) => fromNodeRequest({ socket }).connection?.()
    expect(connectionOf({ remoteAddress: '::1', getPeerX509Certificate: () => ({ raw }) })).toEqual({
      remoteAddress: '::1',
      certificate: raw,
    })
    for (const socket of [{}, { remoteAddress: 1 }, { getPeerX509Certificate: () => undefined }]) {
      expect(connectionOf(socket)).toEqual({ remoteAddress: undefined, certificate: undefined })
    }
  })

  test.each([
    [{ getProtocol: () => 'TLSv1.3' }, 'TLSv1.3'],
    [{ getProtocol: () => 'TLSv1.2' }, 'TLSv1.2'],
    [{ getProtocol: () => null }, undefined],
    [{}, undefined],
  ])('tells of %j which version of TLS it has', (socket, tlsVersion) => {
    expect(fromNodeRequest({ socket }).connection?.().tlsVersion).toBe(tlsVersion)
  })
})

describe('a request of the Fetch standard', () => {
  test('has path and query, and tells whether it is secure', () => {
    const source = new Request('https://api.example.com/a?b=c', { method: 'POST' })
    const request = fromWebRequest(source)
    expect(request).toMatchObject({ method: 'POST', target: '/a?b=c', secure: true })
    expect(request.source).toBe(source)
    expect(fromWebRequest(new Request('http://api.example.com/')).secure).toBe(false)
  })

  test.each([
    ['Bearer a', ['Bearer a']],
    ['Bearer a, Bearer b', ['Bearer a', 'Bearer b']],
    ['bearer a, DPOP b', ['bearer a', 'DPOP b']],
    ['Digest a=b, c=d', ['Digest a=b, c=d']],
  ])('has of %j the values %j', (authorization, values) => {
    const request = fromWebRequest(new Request('https://api.example.com/', { headers: { authorization } }))
    expect(request.fieldValues('authorization')).toEqual(values)
    expect(request.fieldValues('dpop')).toEqual([])
  })

  test.each([
    ['998 others', 998, 'a', false],
    ['999 others', 999, 'a', true],
    ['499 others, each perhaps joined of two', 499, 'a, b', false],
    ['500 others, each perhaps joined of two', 500, 'a, b', true],
    ['333 others, each perhaps joined of three', 333, 'a;b, c', true],
  ])('has one value more beside %s: Node.js 20 may have dropped it', (_name, size, value, isMore) => {
    const headers = new Headers({ authorization: 'Bearer a' })
    for (let index = 0; index < size; index += 1) headers.set(`x-${String(index)}`, value)
    const { fieldValues } = fromWebRequest(new Request('https://api.example.com/', { headers }))
    for (let turn = 0; turn < 2; turn += 1) {
      expect(fieldValues('authorization')).toEqual(isMore ? ['Bearer a', ''] : ['Bearer a'])
      expect(fieldValues('dpop')).toEqual(isMore ? [''] : [])
    }
  })

  test('has no target, and is not secure, where its URL is none', () => {
    const request = Object.defineProperty(new Request('https://api.example.com/'), 'url', { value: '/a' })
    expect(fromWebRequest(request)).toMatchObject({ target: '', secure: false })
  })
})
