import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../test/support/manual-clock.js'
import { parseOptions } from '../src/config/resource-server.js'
import { createOperations } from '../src/operations.js'
import { createGate, settle } from './keys/scripted-key-source.js'

const ISSUER = 'https://as.example.com'
const [FIRST, SECOND, OWN] = [`${ISSUER}/first`, `${ISSUER}/second`, `${ISSUER}/own`] as const
const METADATA = `${ISSUER}/.well-known/oauth-authorization-server`
const INTROSPECTION = { introspection: { clientId: 'api', clientSecret: 's' } }
const key = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })

/** The documents of an authorization server whose metadata say where its keys are, and what was asked for. */
function create(options: object = {}, place: string = FIRST) {
  const script = { jwksUri: place, gate: Promise.resolve() }
  const asked: string[] = []
  const fetch = async (url: string) => {
    asked.push(url)
    const { jwksUri, gate } = script
    if (url === METADATA) {
      const introspection_endpoint = `${ISSUER}/introspect`
      return Response.json({ issuer: ISSUER, jwks_uri: jwksUri, introspection_endpoint })
    }
    await gate
    return Response.json({ keys: [key] })
  }
  const clock = createManualClock(1_000_000)
  const config = parseOptions({ issuer: ISSUER, audience: 'a', clock, fetch, ...options })
  const { operations, servers } = createOperations(config)
  const [server] = servers.configured
  if (server === undefined) throw new Error('there is one')
  /** What was asked for since the last time, once nothing more can happen without time. */
  const news = async () => {
    for (let turns = 0; turns < 10; turns += 1) await settle()
    return asked.splice(0)
  }
  return { script, news, warmUp: operations.warmUp, ...server.documents }
}

/** The same, once what is needed is at hand. */
async function start(...given: Parameters<typeof create>) {
  const created = create(...given)
  await created.warmUp()
  await settle()
  return created
}

describe('the key set', () => {
  test('is fetched once, from where the metadata say', async () => {
    const { news } = await start()
    expect(await news()).toEqual([METADATA, FIRST])
  })

  test.each([
    ['at once where it has moved', SECOND, [METADATA, SECOND]],
    ['not where it is where it was', FIRST, [METADATA]],
  ])('is fetched %s', async (_name, jwksUri, asked) => {
    const { script, news, metadata } = await start()
    await news()
    script.jwksUri = jwksUri
    metadata.refresh()
    expect(await news()).toEqual(asked)
  })

  test('is fetched from where it has moved after the fetch that is under way elsewhere', async () => {
    const { script, news, metadata, keySet } = await start()
    await news()
    const { gate, open } = createGate()
    Object.assign(script, { gate, jwksUri: SECOND })
    keySet.refresh()
    expect(await news()).toEqual([FIRST])
    metadata.refresh()
    expect(await news()).toEqual([METADATA])
    open()
    expect(await news()).toEqual([SECOND])
  })

  test('is where the configuration says, whatever the metadata say', async () => {
    const { script, news, metadata } = await start({ jwksUri: OWN, ...INTROSPECTION })
    expect(await news()).toEqual([OWN, METADATA])
    script.jwksUri = SECOND
    metadata.refresh()
    expect(await news()).toEqual([METADATA])
  })

  test('is not fetched where the metadata come, and nobody has asked for it', async () => {
    const { news, metadata } = create({ jwksUri: OWN, ...INTROSPECTION })
    await metadata.get()
    expect(await news()).toEqual([METADATA])
  })

  test('is nowhere where the metadata name what may not be asked', async () => {
    await expect(start({}, 'http://as.example.com/jwks')).rejects.toMatchObject({
      code: 'ERR_METADATA_INVALID',
    })
  })

  test('is fetched by nobody where no token needs it', async () => {
    const { script, news, metadata } = await start({ accessTokens: 'opaque', ...INTROSPECTION })
    expect(await news()).toEqual([METADATA])
    script.jwksUri = SECOND
    metadata.refresh()
    expect(await news()).toEqual([METADATA])
  })
})
