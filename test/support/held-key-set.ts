import type { AuthorizationServer } from '@bearward/testing'

/** A key set that is asked for, and does not come before it is released. */
export interface HeldKeySet {
  /** Resolves when the key set has been asked for. */
  readonly asked: Promise<void>
  /** Lets it come. */
  release(): void
}

/** Holds back the key set of an authorization server, so that a verification is pending until it is released. */
export function holdKeySet(authorizationServer: AuthorizationServer): HeldKeySet {
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const asked = new Promise<void>((resolve) => {
    authorizationServer.intercept(async ({ endpoint }) => {
      if (endpoint !== 'jwks') return undefined
      resolve()
      await released
      return undefined
    })
  })
  return { asked, release }
}
