import { RefusedError, type Auth, type Requirement, type ResourceServer } from '@bearward/core'

/** Whether a requirement allows what an access token carries: `allowed`, or the code of the refusal. */
export function decisionOn(server: ResourceServer, auth: Auth, requirement: Requirement): string {
  try {
    server.authorize(auth, requirement)
    return 'allowed'
  } catch (error) {
    if (error instanceof RefusedError) return error.code
    throw error
  }
}
