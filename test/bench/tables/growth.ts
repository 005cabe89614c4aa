import { createResourceServer, recall, type ResourceServer } from '@bearward/core'
import { AUDIENCE, createIssuer, type Issuer } from '../issuer.js'
import { createServer, toRequest } from '../peers/bearward.js'
import { takeRounds, timeBatches } from '../rounds.js'
import { toSpread } from '../statistics.js'
import { createFresh } from '../strings.js'
import type { MakeTables } from '../table.js'

const SIZES = [1, 10, 1_000] as const
/** Bearward looks at no more members of a key set. */
const MOST_KEYS = 100
/** Hits that are timed together. */
const BATCH = 10_000

/** A hit, as what Bearward knows grows. */
export const compareGrowth: MakeTables = async ({ isQuick }) => {
  const [rounds, batches] = isQuick ? [2, 1] : [11, 15]
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
    sample: () => timeHits(world, batches),
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

/** The verdicts are kept from the second time. */
async function timeHits({ resourceServer, tokens }: World, batches: number): Promise<number> {
  for (const token of [...tokens, ...tokens, ...tokens])
    await resourceServer.authenticate(toRequest(`Bearer ${token}`))
  const fresh = createFresh(tokens)
  return timeBatches(batches, () => timeBatch(resourceServer, fresh.take(BATCH)))
}

function timeBatch(resourceServer: ResourceServer, values: readonly string[]): number {
  const requests = values.map(toRequest)
  const begin = process.hrtime.bigint()
  for (const request of requests) if (recall(resourceServer, request) === undefined) throw new Error('no hit')
  return Number(process.hrtime.bigint() - begin) / 1000 / values.length
}

/** The token is of the last one. */
async function ofIssuers(_issuer: Issuer, size: number): Promise<World> {
  const urls = Array.from({ length: size }, (_, index) => `https://as-${String(index)}.example.com`)
  const issuers = await Promise.all(urls.map((url) => createIssuer('ES256', { url })))
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
  const issuers = await Promise.all(kids.map((kid) => createIssuer('ES256', { url, kid })))
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
