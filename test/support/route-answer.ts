import type { Auth, Requirement, ResourceServer } from '@bearward/core'
import { parseChallenges } from '@bearward/testing'

/** What a route says: `allowed`, or the status and the parameters of its challenge. */
export type RouteAnswer = 'allowed' | Readonly<Record<string, number | string>>

/** What a route with this requirement says to whoever makes the request. */
export function answerOf(
  resourceServer: ResourceServer,
  auth: Auth | undefined,
  requirement: Requirement,
): RouteAnswer {
  try {
    resourceServer.authorize(auth, requirement)
    return 'allowed'
  } catch (error) {
    const answer = resourceServer.answer(error)
    if (answer === undefined) throw error
    const [challenge] = parseChallenges(answer.headers['WWW-Authenticate'])
    return { status: answer.status, ...Object.fromEntries(challenge?.parameters ?? []) }
  }
}
