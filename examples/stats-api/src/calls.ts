import { accepted, insufficient, refused, UNAUTHENTICATED, UNAVAILABLE } from './demand.js'
import type { Call } from './exchange.js'
import { tamper, unsecure } from './forged-tokens.js'
import { SCOPE } from './registrations.js'

/** The tokens that the client got. */
export interface Tokens {
  /** Asked for with Basic. */
  readonly good: string
  /** Asked for with the secret in the body. */
  readonly fromBody: string
  /** Asked for with less scope. */
  readonly narrow: string
  /** Asked for with another resource. */
  readonly foreign: string
  readonly expired: string
}

/** What may happen to an API on any day. */
export function listCalls({ good, fromBody, narrow, foreign, expired }: Tokens): readonly Call[] {
  return [
    {
      ...get(undefined, 'no token'),
      demand: UNAUTHENTICATED,
      why: 'Nothing is wrong with a token that is not there: the challenge names no error.',
    },
    { ...get(good, 'good'), demand: accepted(200), why: 'Genuine, for this API, in time, with stats:read.' },
    { ...post(good, 'good'), demand: accepted(201), why: 'It has stats:write as well.' },
    { ...get(fromBody, 'good'), demand: accepted(200), why: 'How it was asked for makes no difference.' },
    { ...get(narrow, 'with stats:read only'), demand: accepted(200), why: 'No more is needed here.' },
    {
      ...post(narrow, 'with stats:read only'),
      demand: insufficient('stats:write'),
      why: 'Good, but too narrow: the challenge names the scope that it would take.',
    },
    {
      ...get(foreign, 'for another API'),
      demand: refused('ERR_TOKEN_AUDIENCE'),
      why: 'Genuine, but meant for someone else: taking it would let one API use its tokens at another.',
    },
    {
      ...get(expired, 'a day old'),
      demand: refused('ERR_TOKEN_EXPIRED'),
      why: 'Genuine, but its time is over: the client has to ask for a new one.',
    },
    {
      ...post(tamper(narrow, { scope: SCOPE }), 'with a scope that was written into it'),
      demand: refused('ERR_TOKEN_SIGNATURE'),
      why: 'The signature covers every character: what it was not made for, it does not fit.',
    },
    {
      ...get(unsecure(good), 'with "alg": "none" and no signature'),
      demand: refused('ERR_TOKEN_ALGORITHM'),
      why: 'Anybody can write such a token. The API says which algorithms are good, not the token.',
    },
  ]
}

/** What happens while an API learns of a new key. */
export function listCallsAfterRotation(old: string, renewed: string): readonly Call[] {
  return [
    {
      ...get(old, 'of the old key'),
      demand: accepted(200),
      why: 'The API has not heard of it yet: it asks for the key set every 10 minutes.',
    },
    {
      ...get(renewed, 'of the new key'),
      demand: accepted(200),
      why: 'A key that it does not know makes the API ask at once: no request fails over a new key.',
    },
    {
      ...get(old, 'of the old key'),
      demand: refused('ERR_TOKEN_KEY'),
      why: 'The old key is not in the key set that came with the new one.',
    },
  ]
}

/** What an API can do that knows the keys of an authorization server which is stopped. */
export function callWithKnownKey(token: string): Call {
  return {
    ...get(token, 'good'),
    demand: accepted(200),
    why: 'The API knows the key: an outage of the authorization server does not stop it.',
  }
}

/** What an API can do that starts while the authorization server is stopped. */
export function callWithoutKeys(token: string): Call {
  return {
    ...get(token, 'good'),
    demand: UNAVAILABLE,
    why: 'Just started, it knows no key. That is not the fault of the token, so there is no challenge.',
  }
}

function get(token: string | undefined, sent: string) {
  return { method: 'GET', token, sent } as const
}

function post(token: string | undefined, sent: string) {
  return { method: 'POST', token, sent } as const
}
