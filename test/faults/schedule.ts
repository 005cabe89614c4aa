import type { JWK } from 'oidc-provider'
import type { AuthorizationServer } from './authorization-server.js'
import type { TokenKind, Wallet } from './tokens.js'
import type { Truth } from './truth.js'

/** What a phase acts on. */
export interface World {
  readonly server: AuthorizationServer
  readonly truth: Truth
  readonly wallet: Wallet
  /** In the order in which the server signs with them. */
  readonly keys: readonly [JWK, JWK, JWK]
}

/** A time in which one thing is the case. */
export interface Phase {
  readonly name: string
  readonly seconds: number
  /** Whether nobody can get a key set. */
  readonly isOutage: boolean
  /** What requests carry, one after the other, and again from the first. */
  readonly mix: readonly TokenKind[]
  begin(world: World): Promise<void> | void
}

const STEADY: readonly TokenKind[] = [...of(9, 'current'), 'tampered']
const FLOOD: readonly TokenKind[] = [...of(4, 'current'), ...of(5, 'made-up kid'), 'tampered']
const OVERLAP: readonly TokenKind[] = [
  ...of(3, 'current', 'made-up kid'),
  'previous',
  'made-up kid',
  'tampered',
]
const LEFTOVERS: readonly TokenKind[] = [...of(6, 'current'), ...of(3, 'previous'), 'tampered']

/** For processes that have been running for a while. Two outages are longer than keys are kept. */
export const SCHEDULE: readonly Phase[] = [
  { name: 'all is well', seconds: 10, isOutage: false, mix: STEADY, begin: doNothing },
  { name: 'killed', seconds: 70, isOutage: true, mix: STEADY, begin: ({ server }) => server.kill() },
  {
    name: 'restarted, the key set answers 500',
    seconds: 10,
    isOutage: true,
    mix: STEADY,
    begin: ({ server, keys: [key] }) => server.restart({ keys: [key], isFailing: true }),
  },
  {
    name: 'the key set answers again',
    seconds: 10,
    isOutage: false,
    mix: STEADY,
    begin: ({ server }) => server.failKeySetRequests(false),
  },
  {
    name: 'hangs',
    seconds: 70,
    isOutage: true,
    mix: STEADY,
    begin: ({ server }) => {
      server.hang()
    },
  },
  { name: 'goes on', seconds: 10, isOutage: false, mix: STEADY, begin: goOn },
  {
    name: 'restarted with a new key',
    seconds: 20,
    isOutage: false,
    mix: STEADY,
    begin: async (world) => {
      const { server, truth, keys } = world
      await truth.withdraw(keys[0], () => server.restart({ keys: [keys[1]] }))
      await signWith(keys[1], world)
    },
  },
  { name: 'flood of made-up `kid`s', seconds: 10, isOutage: false, mix: FLOOD, begin: doNothing },
  {
    name: 'flood, and a key rotated in',
    seconds: 35,
    isOutage: false,
    mix: OVERLAP,
    begin: async (world) => {
      await world.server.useKeys(world.keys[2], world.keys[1])
      await signWith(world.keys[2], world)
    },
  },
  {
    name: 'a key withdrawn',
    seconds: 65,
    isOutage: false,
    mix: LEFTOVERS,
    begin: ({ server, truth, keys }) => truth.withdraw(keys[1], () => server.useKeys(keys[2])),
  },
]

/** For processes that have just started. */
export const COLD_START: readonly Phase[] = [
  {
    name: 'cold start while it hangs',
    seconds: 10,
    isOutage: true,
    mix: STEADY,
    begin: ({ server }) => {
      server.hang()
    },
  },
  { name: 'goes on, soon after', seconds: 10, isOutage: false, mix: STEADY, begin: goOn },
]

async function signWith(key: JWK, { server, truth, wallet }: World): Promise<void> {
  truth.publish(key)
  wallet.put(await server.requestToken())
}

function goOn({ server }: World): void {
  server.goOn()
}

function doNothing(): void {
  // only the requests are others
}

function of(count: number, ...kinds: readonly TokenKind[]): readonly TokenKind[] {
  return Array.from({ length: count }, () => kinds).flat()
}
