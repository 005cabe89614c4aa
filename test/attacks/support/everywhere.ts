import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals'
import {
  createResourceServer,
  recall,
  type CommonOptions,
  type IssuerOptions,
  type RefusalCode,
} from '@bearward/core'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  type ScriptedAuthorizationServer,
  type StartOptions,
  type VirtualClock,
} from '@bearward/testing'
import { createManualClock } from '../../support/manual-clock.js'
import type { RawRequest } from '../../support/raw.js'
import { SURELY_KEPT } from '../../support/recalled.js'
import { readRefusal, refusalFor, type Refusal } from '../../support/refusal.js'
import { AUDIENCE } from '../../support/servers.js'
import { openSurfaces, toRequest, type Protection, type Site, type Surface } from './surfaces.js'

/** What is sent: an access token in the `Authorization` field, or a request as it goes over the wire. */
export type Sent = string | RawRequest

/** What requests to the authorization server a row costs: the first fetch of its documents, or a look for new keys. */
type Asks = 'nothing' | 'keys' | 'new keys'

/** What a resource is protected with. */
interface Setting {
  /** Options of the resource server, besides issuer and audience. */
  readonly options?: CommonOptions & Partial<IssuerOptions>
  /** Issuers that are accepted. Default: the authorization server. */
  readonly issuers?: readonly IssuerOptions[]
  /** Scopes that the route requires. Default: none. */
  readonly requires?: readonly string[]
  /** Whether forms are parsed. Default: `false`. */
  readonly parsesBody?: boolean
  /** Whether a request without credentials may pass. Default: `false`. */
  readonly optional?: boolean
}

/** A row of the catalogue: what must be refused, and how. */
export interface Row extends Setting {
  readonly attack: Sent
  /** What differs from the attack by its defect alone, and must be accepted. Default: a good access token. */
  readonly twin?: Sent
  readonly code: RefusalCode
  /** Default: `nothing`. */
  readonly asks?: Asks
  /** The status with which `node:http` itself ends what no framework gets to see. */
  readonly byNode?: 400
}

/** Every way that requests come to Bearward, on one authorization server that counts. */
export interface Everywhere {
  readonly authorizationServer: ScriptedAuthorizationServer
  /** That of the authorization server and of each resource server. */
  readonly clock: VirtualClock
  /**
   * Holds a row on every surface, before anything is known and when the verdict on the good token is kept: the exact refusal
   * in exactly one response, told to `onRefusal` once, no handler, no error, and no more requests to the authorization server
   * than the row says. The good token is accepted afterwards.
   */
  refuses(row: Row): Promise<void>
  /** The same for a token that differs from a good one in these claims. */
  refusesClaims(
    claims: Readonly<Record<string, unknown>>,
    code: RefusalCode,
    setting?: Setting,
  ): Promise<void>
  /** The same for what must be accepted, with the body that the handler answers with. */
  accepts(request: Sent, setting?: Setting, body?: unknown): Promise<void>
}

const CACHES = ['cold', 'warm'] as const
const COSTS: Readonly<Record<(typeof CACHES)[number], Readonly<Record<Asks, readonly number[]>>>> = {
  cold: { nothing: [0, 0, 0], keys: [1, 1, 0], 'new keys': [1, 1, 0] },
  warm: { nothing: [0, 0, 0], keys: [0, 0, 0], 'new keys': [1, 1, 0] },
}

/**
 * Opens all surfaces for the tests of a file.
 *
 * @param start Default: one key, for ES256.
 */
export function useEverywhere(start: Pick<StartOptions, 'algorithms'> = {}): () => Everywhere {
  const clock = createVirtualClock()
  let surfaces: readonly Surface[]
  let authorizationServer: ScriptedAuthorizationServer
  beforeAll(async () => {
    authorizationServer = await createScriptedAuthorizationServer({ clock, ...start })
    surfaces = await openSurfaces()
  })
  beforeEach(() => {
    authorizationServer.publish(undefined)
  })
  afterAll(() => {
    for (const surface of surfaces) surface.close()
  })
  return () => {
    const stage = { authorizationServer, clock, surfaces }
    return {
      authorizationServer,
      clock,
      refuses: (row) => refuses(row, stage),
      async refusesClaims(claims, code, setting = {}) {
        const asks = code === 'ERR_TOKEN_ISSUER' ? 'nothing' : 'keys' // the last that is told by the token alone
        await refuses({ ...setting, attack: await authorizationServer.mint(claims), code, asks }, stage)
      },
      accepts: (request, setting, body) => accepts(request, setting, body, stage),
    }
  }
}

interface Stage {
  readonly authorizationServer: ScriptedAuthorizationServer
  readonly clock: VirtualClock
  readonly surfaces: readonly Surface[]
}

async function refuses(row: Row, stage: Stage): Promise<void> {
  const { attack, twin = await stage.authorizationServer.mint(), code, asks = 'nothing', byNode } = row
  for (const { name, protect } of stage.surfaces) {
    const endsEarly = byNode !== undefined && name !== 'the core'
    const { site, told, resourceServer, warmUp } = open(protect, row, stage)
    for (const cache of CACHES) {
      if (cache === 'warm') await warmUp(twin)
      if (cache === 'warm' && typeof twin === 'string')
        expect([name, recall(resourceServer, toRequest(toRaw(twin)))]).toMatchObject([name, { token: twin }])
      const outcome = await observe(site, attack, stage)
      expect([name, cache, outcome, told.splice(0)]).toEqual([
        name,
        cache,
        {
          answer: endsEarly ? endedBy(byNode) : refusalFor(code, row.requires?.join(' ')),
          handled: 0,
          errors: [],
          cost: COSTS[cache][endsEarly ? 'nothing' : asks],
        },
        endsEarly ? [] : [code],
      ])
      expect([name, cache, (await site.send(toRaw(twin))).status]).toEqual([name, cache, 200])
    }
    resourceServer.close()
  }
}

async function accepts(request: Sent, setting: Setting = {}, body: unknown, stage: Stage): Promise<void> {
  const answer = { status: 200, challenges: [], cacheControl: '', body: body ?? expect.anything() }
  for (const { name, protect } of stage.surfaces) {
    const { site, told, resourceServer, warmUp } = open(protect, setting, stage)
    for (const cache of CACHES) {
      if (cache === 'warm') await warmUp(request)
      const outcome = await observe(site, request, stage)
      const expected = { answer, handled: 1, errors: [], cost: COSTS[cache].keys }
      expect([name, cache, outcome, told]).toEqual([name, cache, expected, []])
    }
    resourceServer.close()
  }
}

/** A new resource server, and a resource behind it. */
function open(
  protect: Surface['protect'],
  { options, issuers, requires = [], parsesBody = false, optional = false }: Setting,
  stage: Stage,
) {
  const { issuer, fetch } = stage.authorizationServer
  const told: string[] = []
  const clock = createManualClock(stage.clock.now()) // a virtual one makes every promise slower
  const resourceServer = createResourceServer({
    ...(issuers === undefined ? { issuer, fetch } : { authorizationServers: issuers }),
    audience: AUDIENCE,
    clock,
    onRefusal: ({ code }) => void told.push(code),
    ...options,
  })
  const protection: Protection = { resourceServer, requires, parsesBody, optional }
  return {
    resourceServer,
    told,
    site: protect(protection),
    /** Until the verdict is kept, and what was fetched for it is older than what comes next. */
    async warmUp(twin: Sent): Promise<void> {
      const request = toRequest(toRaw(twin))
      for (let time = 0; time < SURELY_KEPT; time += 1) await resourceServer.authenticate(request)
      clock.advance(1)
    },
  }
}

/** What one request does. */
async function observe(site: Site, sent: Sent, { authorizationServer }: Stage) {
  const before = site.handled()
  authorizationServer.resetCounters()
  const answer = readRefusal(await site.send(toRaw(sent)))
  const { metadata, jwks, ...others } = authorizationServer.requests
  const other = Object.values(others).reduce((sum, count) => sum + count, 0)
  return { answer, handled: site.handled() - before, errors: site.errors, cost: [metadata, jwks, other] }
}

function toRaw(sent: Sent): RawRequest {
  return typeof sent === 'string' ? { fields: [['Authorization', `Bearer ${sent}`]] } : sent
}

function endedBy(status: number): Refusal {
  return { status, challenges: [], cacheControl: '', body: '' }
}
