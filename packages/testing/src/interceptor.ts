import type { EndpointName } from './endpoints.js'
import type { PlainResponse, ReceivedRequest } from './http/message.js'

/** A request on its way to an endpoint. */
export interface InterceptedRequest extends ReceivedRequest {
  readonly endpoint: EndpointName
}

/** An answer of an interceptor. `disconnect` cuts the connection; undefined lets the server answer as usual. */
export type InterceptedResponse = PlainResponse | 'disconnect' | undefined

/**
 * The fault knob: sees every request first, and may answer it.
 *
 * A promise that never settles is a server that hangs. What an interceptor throws becomes a 500.
 *
 * @example
 *   authorizationServer.intercept(({ endpoint }) => (endpoint === 'jwks' ? { status: 500 } : undefined))
 */
export type Interceptor = (request: InterceptedRequest) => InterceptedResponse | Promise<InterceptedResponse>
