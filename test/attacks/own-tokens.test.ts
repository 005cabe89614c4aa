import { expect } from '@jest/globals'
import { putTogether, takeApart } from '../support/jws.js'
import { rule } from '../support/rule.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const mint: ReturnType<typeof everywhere>['authorizationServer']['mint'] = (...parameters) =>
  everywhere().authorizationServer.mint(...parameters)

/** A claim or a header parameter whose name does something to objects, as JSON text. */
const PROTO = (members: string): string => `{"__proto__":${members},`

rule('OWN-01', 'decodes no part of a token that has spare bits in its last character', async () => {
  const twin = await mint({ filler: 'xx' })
  const parts = twin.split('.')
  for (const [index, part] of parts.entries()) {
    if (part.length % 4 === 0) continue
    const bits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = bits[bits.indexOf(part.slice(-1)) + 1] ?? 'B'
    const attack = parts.map((same, at) => (at === index ? part.slice(0, -1) + last : same)).join('.')
    expect(Buffer.from(attack.split('.')[index] ?? '', 'base64url')).toEqual(Buffer.from(part, 'base64url'))
    await everywhere().refuses({ attack, twin, code: 'ERR_TOKEN_MALFORMED' })
  }
})

rule('OWN-02', 'finds no header parameter in another case', async () => {
  const twin = await mint({}, { header: { TYP: 'JWT', Alg: 'none', B64: false, CRIT: ['x'] } })
  const typ = await mint({}, { header: { typ: undefined, Typ: 'at+jwt' } })
  await everywhere().refuses({ attack: typ, twin, code: 'ERR_TOKEN_TYPE' })
  const alg = await mint({}, { header: { alg: undefined, ALG: 'ES256' } })
  await everywhere().refuses({ attack: alg, twin, code: 'ERR_TOKEN_ALGORITHM' })
})

rule('OWN-05', 'takes no header parameter from a member __proto__', async () => {
  const { header, payload } = takeApart(await mint())
  const inner = await mint({}, { header: PROTO(header) + '"x":1}', payload })
  await everywhere().refuses({ attack: inner, code: 'ERR_TOKEN_TYPE' })
  const crit = await mint({}, { header: header.replace('{', PROTO('{"crit":["x"],"alg":"none"}')), payload })
  await everywhere().accepts(crit)
})

rule('OWN-11', 'takes a type with a parameter, or with white space around it, for another one', async () => {
  const types = [
    'at+jwt;charset=utf-8',
    'application/at+jwt; x=1',
    ' at+jwt',
    'at+jwt ',
    'at+jwt\n',
    'application/application/at+jwt',
    'application/',
    '/at+jwt',
    'application//at+jwt',
  ]
  for (const typ of types) {
    await everywhere().refuses({ attack: await mint({}, { header: { typ } }), code: 'ERR_TOKEN_TYPE' })
  }
})

rule('OWN-12', 'takes an algorithm with something around its name for another one', async () => {
  for (const alg of [
    'ES256 ',
    ' ES256',
    'ES256\0',
    'es256',
    'ES256\n',
    'ES256,none',
    'SHA256withECDSA',
    'ES２56',
  ]) {
    await everywhere().refuses({ attack: await mint({}, { header: { alg } }), code: 'ERR_TOKEN_ALGORITHM' })
  }
})

rule('OWN-13', 'makes no token of words that JavaScript knows', async () => {
  for (const attack of [
    '__proto__',
    'constructor',
    'toString',
    'NaN',
    'true',
    '0',
    'e30.e30.',
    '..e30',
    'e30.e30.e30',
  ]) {
    const code =
      attack === 'e30.e30.' || attack === 'e30.e30.e30' ? 'ERR_TOKEN_ISSUER' : 'ERR_TOKEN_MALFORMED'
    await everywhere().refuses({ attack, code })
  }
})

rule('OWN-14', 'puts the limit of the size behind the last character that it allows', async () => {
  const twin = await mint()
  const longer = await mint({ x: '' })
  const options = { maxTokenSize: twin.length }
  expect(longer.length).toBeGreaterThan(twin.length)
  await everywhere().refuses({ attack: longer, twin, options, code: 'ERR_TOKEN_TOO_LARGE' })
})

rule('OWN-16', 'believes no claims under the signature of a token whose verdict is kept', async () => {
  const twin = await mint({ sub: 'alice' })
  const { header, payload, signature } = takeApart(twin)
  const admin = payload.replace('"alice"', '"admin"')
  const attack = putTogether(header, admin, signature)
  expect(attack.slice(-86)).toBe(twin.slice(-86))
  await everywhere().refuses({ attack, twin, code: 'ERR_TOKEN_SIGNATURE', asks: 'keys' })
  const headed = putTogether(header.replace('{', '{"x":1,'), payload, signature)
  await everywhere().refuses({ attack: headed, twin, code: 'ERR_TOKEN_SIGNATURE', asks: 'keys' })
})
