import type { RefusedError } from '@bearward/core'
import type { Api } from '../../support/apis.js'
import type { AppFactory, Exchange } from '../../support/kit.js'
import type { RawRequest } from '../../support/raw.js'
import type { TokenKind } from '../support/schedule.js'
import { createWorld, type World } from '../support/world.js'

/** An API in front of a world, and the requests that have come to it. */
export interface WorldlyApi {
  readonly world: World
  readonly api: Api
  readonly arrived: readonly Exchange[]
  /** Resolves when so many requests have come, and wait for nothing but time. */
  arrivals(count: number): Promise<void>
}

/**
 * Makes an API. Below `/throws`, it has a requirement that throws; for expired tokens, its `refusalBody` does.
 *
 * Its sockets are real, and its time is not: it goes on when the clock of the world does.
 */
export async function createApi(createApp: AppFactory): Promise<WorldlyApi> {
  const world = await createWorld({ resourceServer: { ...DECLINING, onRefresh: () => undefined } })
  const arrived: Exchange[] = []
  const waiting: (() => void)[] = []
  const api = createApp(({ step, requireToken, requireClaims, mount, handler }) => [
    step((exchange) => {
      arrived.push(exchange)
      for (const resolve of waiting.splice(0)) resolve()
    }),
    requireToken(world.resourceServer),
    mount('/throws', requireClaims(fail), handler()),
    handler(),
  ])
  return {
    world,
    api,
    arrived,
    async arrivals(count) {
      while (arrived.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
      await world.clock.settle()
    },
  }
}

/** Bodies for none but expired tokens: for those it throws. */
const DECLINING = {
  refusalBody: ({ code }: Pick<RefusedError, 'code'>) => (code === 'ERR_TOKEN_EXPIRED' ? fail() : undefined),
}

function fail(): never {
  throw new Error('in a function of the API')
}

/** A request with a token of a kind. */
export function withToken(world: World, kind: TokenKind, target = '/me'): RawRequest {
  return { target, fields: [['Authorization', `Bearer ${world.mint(kind).text}`]] }
}
