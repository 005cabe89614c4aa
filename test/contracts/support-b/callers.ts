import type { Auth, ResourceServer } from '@bearward/core'
import { requestWithToken } from '../../support/request.js'
import type { Minted } from '../support/mint.js'
import type { World } from '../support/world.js'

/** In what way a caller is a bad one. */
export type Manner =
  /** Goes away before the verdict is there. */
  | 'gives-up'
  /** Has a request that throws when it is read. */
  | 'unreadable'
  /** Throws in what it does with the verdict, in the functions of its options among that. */
  | 'throws'
  /** Writes into the verdict what it can. */
  | 'tampers'

export const MANNERS = ['gives-up', 'unreadable', 'throws', 'tampers'] as const satisfies readonly Manner[]

/** Thrown by a caller, and nobody else. */
class CallerError extends Error {
  override readonly name = 'CallerError'
}

/** Options whose functions throw. */
export const THROWING_OPTIONS = {
  onRefusal: fail,
  refusalBody: fail,
  onRefresh: fail,
} as const

function fail(): never {
  throw new CallerError('in a function of the caller')
}

/**
 * Sends a request of which nobody notes what comes of it.
 *
 * @param as Whether it shows its manner, or is as patient as any other. An unreadable request has no calm form: it says
 *   nothing of a token.
 */
export function accompany(
  { resourceServer, clock }: World,
  as: 'bad' | 'calm',
  manner: Manner,
  { text }: Minted,
): void {
  const request = requestWithToken(text)
  if (manner === 'unreadable') {
    if (as === 'bad') drop(resourceServer.authenticate({ ...request, fieldValues: fail }))
    return
  }
  const verdict = resourceServer.authenticate(request)
  drop(as === 'bad' ? CONDUCT[manner](verdict, resourceServer, clock) : verdict)
}

type Conduct = (
  verdict: Promise<Auth>,
  resourceServer: ResourceServer,
  clock: World['clock'],
) => Promise<unknown>

const CONDUCT: Readonly<Record<Exclude<Manner, 'unreadable'>, Conduct>> = {
  'gives-up': (verdict, _, clock) =>
    Promise.race([
      verdict,
      new Promise((resolve) => {
        clock.after(0.5, () => resolve('gone'))
      }),
    ]),
  throws: (verdict, resourceServer) =>
    verdict.then(
      (auth) => {
        resourceServer.authorize(auth, fail)
      },
      (error: unknown) => {
        resourceServer.answer(error)
        fail()
      },
    ),
  tampers: (verdict) =>
    verdict.then(
      (auth) => [auth, auth.claims, auth.scopes].forEach(overwrite),
      (error: unknown) => {
        overwrite(error as object)
      },
    ),
}

/** Puts nonsense into all members that can be written, and adds one. */
function overwrite(target: object): void {
  for (const name of [...Object.getOwnPropertyNames(target), 'added'])
    Reflect.set(target, name, 'overwritten')
}

function drop(promise: Promise<unknown>): void {
  promise.catch(() => undefined)
}
