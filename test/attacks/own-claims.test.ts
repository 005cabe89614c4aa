import { expect } from '@jest/globals'
import { takeApart } from '../support/jws.js'
import { rule } from '../support/rule.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const mint: ReturnType<typeof everywhere>['authorizationServer']['mint'] = (...parameters) =>
  everywhere().authorizationServer.mint(...parameters)

/** A claim or a header parameter whose name does something to objects, as JSON text. */
const PROTO = (members: string): string => `{"__proto__":${members},`

rule('OWN-03', 'finds no claim in another case', async () => {
  for (const name of ['exp', 'aud', 'sub', 'client_id', 'iat', 'jti']) {
    const { [name]: value } = JSON.parse(takeApart(await mint()).payload) as Record<string, unknown>
    const upper = name.toUpperCase()
    const attack = await mint({ [name]: undefined, [upper]: value })
    const twin = await mint({ [upper]: 'x' })
    await everywhere().refuses({ attack, twin, code: 'ERR_TOKEN_CLAIM_MISSING', asks: 'keys' })
  }
})

rule('OWN-04', 'takes no claim from the header, where RFC 7519 lets it be repeated', async () => {
  const late = everywhere().clock.now() + 3600
  const header = { iss: 'https://evil.example', sub: 'admin', aud: 'x', exp: late, scope: 'admin', cnf: {} }
  const { refuses, accepts } = everywhere()
  const twin = await mint({ sub: 'alice' }, { header })
  await refuses({ attack: await mint({ exp: 1 }, { header }), twin, code: 'ERR_TOKEN_EXPIRED', asks: 'keys' })
  await refuses({
    attack: twin,
    twin: await mint({ scope: 'admin' }),
    requires: ['admin'],
    code: 'ERR_SCOPE_INSUFFICIENT',
    asks: 'keys',
  })
  await accepts(twin, {}, { subject: 'alice', clientId: 'client', scopes: ['stats:read', 'stats:write'] })
})

rule('OWN-06', 'takes no claim from a member __proto__', async () => {
  const { payload } = takeApart(await mint({ scope: undefined, sub: 'alice' }))
  const scoped = await mint({}, { payload: payload.replace('{', PROTO('{"scope":"admin","sub":"root"}')) })
  const twin = await mint({ scope: 'admin' })
  const { refuses, accepts } = everywhere()
  await refuses({ attack: scoped, twin, requires: ['admin'], code: 'ERR_SCOPE_INSUFFICIENT', asks: 'keys' })
  await accepts(scoped, {}, { subject: 'alice', clientId: 'client', scopes: [] })
  const { exp, ...rest } = JSON.parse(payload) as Record<string, unknown>
  const late = JSON.stringify(rest).replace('{', PROTO(JSON.stringify({ exp })))
  await refuses({ attack: await mint({}, { payload: late }), code: 'ERR_TOKEN_CLAIM_MISSING', asks: 'keys' })
})

rule('OWN-07', 'is not led astray by claims that JavaScript gives a meaning', async () => {
  const names = [
    'then',
    'catch',
    'toJSON',
    'toString',
    'valueOf',
    'constructor',
    'hasOwnProperty',
    'length',
    'has',
    'prototype',
    'Symbol.iterator',
    'message',
    'stack',
    'name',
  ]
  const odd = Object.fromEntries(names.map((name) => [name, 'x']))
  const { refuses, accepts } = everywhere()
  const twin = await mint({ ...odd, sub: 'alice' }, { header: odd })
  await accepts(twin, {}, expect.objectContaining({ subject: 'alice' }))
  await refuses({ attack: await mint({ ...odd, exp: 1 }), twin, code: 'ERR_TOKEN_EXPIRED', asks: 'keys' })
})

rule('OWN-08', 'knows no issuer by the name of what every object has', async () => {
  for (const iss of ['__proto__', 'constructor', 'toString', 'size', 'get', 'undefined', 'null']) {
    await everywhere().refuses({ attack: await mint({ iss }), code: 'ERR_TOKEN_ISSUER' })
  }
})

rule('OWN-09', 'finds no scope by the name of what every object, or set, has', async () => {
  for (const scope of ['constructor', '__proto__', 'has', 'size', 'toString']) {
    const attack = await mint()
    const twin = await mint({ scope: `x ${scope}` })
    await everywhere().refuses({
      attack,
      twin,
      requires: [scope],
      code: 'ERR_SCOPE_INSUFFICIENT',
      asks: 'keys',
    })
  }
})

rule('OWN-10', 'takes no identity but sub: not that of an actor, a user name or an address', async () => {
  const others = {
    act: { sub: 'admin' },
    may_act: { sub: 'admin' },
    preferred_username: 'admin',
    upn: 'admin',
    email: 'admin@example.com',
    uid: 'admin',
    username: 'admin',
    subject: 'admin',
    id: 'admin',
  }
  const { refuses, accepts } = everywhere()
  await accepts(await mint({ ...others, sub: 'alice' }), {}, expect.objectContaining({ subject: 'alice' }))
  const attack = await mint({ ...others, sub: undefined })
  await refuses({ attack, code: 'ERR_TOKEN_CLAIM_MISSING', asks: 'keys' })
})

rule('OWN-15', 'nests claims to the last level that it allows, and no further', async () => {
  const nest = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as unknown
  const attack = await mint({ x: nest(32) })
  await everywhere().refuses({ attack, twin: await mint({ x: nest(31) }), code: 'ERR_TOKEN_MALFORMED' })
})

rule('OWN-17', 'finds the last scope among thousands, and none that only some of them make up', async () => {
  const many = Array.from({ length: 2_000 }, (_, index) => `s${index.toString(36)}`)
  const options = { maxTokenSize: 65_536 }
  const [attack, twin] = [
    await mint({ scope: many.join(' ') }),
    await mint({ scope: [...many, 'admin'].join(' ') }),
  ]
  await everywhere().refuses({
    attack,
    twin,
    options,
    requires: ['admin'],
    code: 'ERR_SCOPE_INSUFFICIENT',
    asks: 'keys',
  })
})

rule('OWN-18', 'requires all scopes of a route, however the token orders or repeats them', async () => {
  const requires = ['a', 'b']
  for (const scope of ['a', 'a a', 'b b b', 'ab', 'a+b', 'a,b', '"a" "b"']) {
    const twin = await mint({ scope: `b ${scope} a` })
    await everywhere().refuses({
      attack: await mint({ scope }),
      twin,
      requires,
      code: 'ERR_SCOPE_INSUFFICIENT',
      asks: 'keys',
    })
  }
})
