import type { Auth, ResourceServer } from '@bearward/core'
import { requestWithToken } from '../../support/request.js'
import { THROWING_OPTIONS, type Manner } from '../support-b/callers.js'
import type { World } from './world.js'

/** Sends a request whose caller is a bad one, and of which nobody notes what comes of it. */
export function accompany({ resourceServer, clock }: World, manner: Manner, text: string): void {
  const request = requestWithToken(text)
  const { onRefusal: fail } = THROWING_OPTIONS
  const read = manner === 'unreadable' ? { ...request, fieldValues: fail } : request
  const verdict = resourceServer.authenticate(read)
  CONDUCT[manner](verdict, resourceServer, clock).catch(() => undefined)
}

type Conduct = (
  verdict: Promise<Auth>,
  resourceServer: ResourceServer,
  clock: World['clock'],
) => Promise<unknown>

const CONDUCT: Readonly<Record<Manner, Conduct>> = {
  unreadable: (verdict) => verdict,
  'gives-up': (verdict, _, clock) =>
    Promise.race([
      verdict,
      new Promise((resolve) => {
        clock.after(0.5, () => resolve('gone'))
      }),
    ]),
  throws: (verdict, resourceServer) =>
    verdict.then(
      (auth) => resourceServer.authorize(auth, THROWING_OPTIONS.onRefusal),
      (error: unknown) => resourceServer.answer(error),
    ),
  tampers: (verdict) =>
    verdict.then(
      (auth) => [auth, auth.claims, auth.scopes].forEach(overwrite),
      (error: unknown) => overwrite(error as object),
    ),
}

/** Puts nonsense into all members that can be written, and adds one. */
function overwrite(target: object): void {
  for (const name of [...Object.getOwnPropertyNames(target), 'added'])
    Reflect.set(target, name, 'overwritten')
}
