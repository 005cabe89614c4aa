import { createResourceServer, recall, type ResourceServer } from '@bearward/core'
import { AUDIENCE, createIssuer, type Issuer } from '../issuer.js'
import { createServer, toRequest } from '../peers/bearward.js'
import { takeRounds } from '../rounds.js'
import { toSpread } from '../statistics.js'
import { createFresh } from '../strings.js'
import type { MakeTables } from '../table.js'

const SIZES = [1, 10, 1_000] as const
/** Bearward looks at no more members of a key set. */
const MOST_KEYS = 100

/** A hit, as what Bearward knows grows. */
export const compareGrowth: MakeTables = async ({ isQuick }) => {
  const [rounds, count] = isQuick ? [2, 1_000] : [11, 20_000]
  const issuer = await createIssuer('ES256')
  const makers = {
    issuers: ofIssuers,
    [`keys of the issuer, at most ${String(MOST_KEYS)}`]: ofKeys,
    'cached tokens': ofTokens,
  }
  const worlds = Object.entries(makers).flatMap(([what, make]) =>
    SIZES.map(async (size) => ({ what, size, ...(await make(issuer, size)) })),
  )
  const subjects = (await Promise.all(worlds)).map((world) => ({
    name: `${world.what}: ${String(world.size)}`,
    sample: () => timeHits(world, count),
  }))
  const samples = await takeRounds(subjects, rounds)
  const describe = (what: string) => SIZES.map((size) => toSpread(samples[`${what}: ${String(size)}`] ?? []))
  return [
    {
      title: 'A hit by `recall`, as what is known grows: µs each',
      header: ['', ...SIZES.map((size) => size.toLocaleString('en'))],
      rows: Object.keys(makers).map((what) => [what, ...describe(what)]),
      samples,
    },
  ]
}

interface World {
  readonly resourceServer: ResourceServer
  readonly tokens: readonly string[]
}

async function timeHits({ resourceServer, tokens }: World, count: number): Promise<number> {
  for (const token of [...tokens, ...tokens, ...tokens])
    await resourceServer.authenticate(toRequest(`Bearer ${token}`))
  const requests = createFresh(tokens).take(count).map(toRequest)
  const begin = process.hrtime.bigint()
  for (const request of requests) if (recall(resourceServer, request) === undefined) throw new Error('no hit')
  return Number(process.hrtime.bigint() - begin) / 1000 / count
}

/** The token is of the last one. */
async function ofIssuers(_issuer: Issuer, size: number): Promise<World> {
  const urls = Array.from({ length: size }, (_, index) => `https://as-${String(index)}.example.com`)
  const issuers = await Promise.all(urls.map((url) => createIssuer('ES256', url)))
  const resourceServer = createResourceServer({
    audience: AUDIENCE,
    authorizationServers: issuers.map(({ issuer, jwk }) => ({
      issuer,
      jwksUri: `${issuer}/jwks`,
      fetch: () => Promise.resolve(Response.json({ keys: [jwk] })),
    })),
  })
  return { resourceServer, tokens: (await issuers.at(-1)?.mint(1)) ?? [] }
}

/** The token is of the last one. */
async function ofKeys({ issuer: url }: Issuer, size: number): Promise<World> {
  const kids = Array.from({ length: Math.min(size, MOST_KEYS) }, (_, index) => `key-${String(index)}`)
  const issuers = await Promise.all(kids.map((kid) => createIssuer('ES256', url, kid)))
  const keys = issuers.map(({ jwk }) => jwk)
  const resourceServer = createResourceServer({
    issuer: url,
    audience: AUDIENCE,
    jwksUri: `${url}/jwks`,
    fetch: () => Promise.resolve(Response.json({ keys })),
  })
  return { resourceServer, tokens: (await issuers.at(-1)?.mint(1)) ?? [] }
}

async function ofTokens(issuer: Issuer, size: number): Promise<World> {
  return { resourceServer: createServer(issuer), tokens: await issuer.mint(size) }
}
