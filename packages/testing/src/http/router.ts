import type { PlainResponse, ReceivedRequest } from './message.js'

/** What one path answers, and to which methods. */
export interface Route {
  readonly methods: readonly string[]
  answer(request: ReceivedRequest): PlainResponse | Promise<PlainResponse>
}

/** Answers by the route, or with 404 where there is none and 405 where it does not take the method. */
export async function followRoute(
  route: Route | undefined,
  request: ReceivedRequest,
): Promise<PlainResponse> {
  if (route === undefined) return { status: 404 }
  if (!route.methods.includes(request.method))
    return { status: 405, headers: { Allow: route.methods.join(', ') } }
  return route.answer(request)
}
