import { createManualClock } from '../../../../test/support/manual-clock.js'
import type { Exchange } from '../../src/http/exchange.js'
import { createIntrospect, type IntrospectionPolicy } from '../../src/token/introspection.js'
import { createScriptedKeys, createSigner } from './scripted-key.js'

export const ENDPOINT = 'https://as.example.com/introspect'
/** Of the authorization server. */
export const signer = await createSigner()
/** The answer is to be signed. */
export const SIGNED: IntrospectionPolicy = {
  tokenTypeHint: true,
  signed: {
    issuer: 'https://as.example.com',
    audiences: new Set(['api']),
    algorithms: new Set(['ES256']),
    keySource: createScriptedKeys(signer.key).keySource,
  },
}
/** The answer is to be JSON. */
export const PLAIN: IntrospectionPolicy = { tokenTypeHint: true, signed: undefined }

/** What the endpoint answers. Default: that the token is active, in JSON, with status 200. */
interface Answer extends ResponseInit {
  readonly body?: string
  readonly type?: string
}

/** Asks about the token `a+b`, and notes what happens, in its order. */
export function ask(
  { body = '{"active":true}', type = 'application/json', ...init }: Answer,
  policy = PLAIN,
) {
  const events: unknown[] = []
  const exchange: Exchange = (url, request, read) => {
    events.push([url, request])
    const headers = { ...(init.headers as object), 'content-type': type }
    const readBody = () => {
      events.push('body')
      return Promise.resolve(new TextEncoder().encode(body))
    }
    return read({ response: new Response(body, { ...init, headers }), name: `${url}#`, readBody })
  }
  const introspect = createIntrospect(policy, {
    exchange,
    locate: () => Promise.resolve(ENDPOINT),
    async authenticate({ token, url, headers, body: form }) {
      await Promise.resolve()
      events.push(`as ${token} at ${url}`)
      headers.set('authorization', 'Basic x')
      form.set('client_id', 'api')
      return () => events.push('credentials refused')
    },
    clock: createManualClock(1_000_000),
  })
  const outcome = introspect('a+b', () => events.push('sent'))
  return { events, outcome: outcome.catch((error: unknown) => error) }
}

/** What comes of this answer: claims, nothing, or the error. */
export const outcomeOf = (answer: Answer, policy?: IntrospectionPolicy) => ask(answer, policy).outcome
