import { createVirtualClock, type VirtualClock } from '@bearward/testing'
import {
  createTokenSource,
  type TokenSource,
  type TokenSourceFetch,
  type TokenSourceOptions,
} from '@bearward/client'

export const TOKEN_ENDPOINT = 'https://as.example.com/token'
export const ISSUER = 'https://as.example.com'
export const API = 'https://api.example.com'
/** A good answer of the token endpoint. */
export const GRANT = { access_token: 'token-1', token_type: 'Bearer', expires_in: 300 }

/** A request as it was sent. */
export interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: unknown
  readonly redirect: string | undefined
  readonly signal: AbortSignal | null | undefined
}

/** JSON with status 200, or whatever the function makes. */
export type Answer = object | ((sent: Sent) => Promise<Response> | Response)

/** A `fetch` that reaches no network. */
export interface Script {
  readonly fetch: TokenSourceFetch
  readonly sent: readonly Sent[]
}

/** Answers in this order; the last answer for ever. */
export function createScript(...answers: readonly Answer[]): Script {
  const sent: Sent[] = []
  return {
    sent,
    fetch(url, { method = 'GET', headers, body, redirect, signal }) {
      const request = { url, method, headers: new Headers(headers), body, redirect, signal }
      const answer = answers[Math.min(sent.push(request), answers.length) - 1] ?? {}
      const respond =
        typeof answer === 'function' ? (answer as (sent: Sent) => Response) : () => Response.json(answer)
      return Promise.resolve(request).then(respond)
    },
  }
}

/** A JSON answer with a status, and perhaps header fields. */
export function json(status: number, content: unknown, headers: Record<string, string> = {}): () => Response {
  return () => Response.json(content, { status, headers })
}

/** Everything that a test of one token source needs. */
export interface Bench extends Script {
  readonly tokens: TokenSource
  readonly clock: VirtualClock
}

/** Options with any of them changed, and whatever TypeScript thinks of it: a client with a secret. */
export type AnyOptions = Readonly<Record<string, unknown>>

/** Makes a token source whose requests are answered from a script. */
export function createBench(options: AnyOptions, ...answers: readonly Answer[]): Bench {
  const clock = createVirtualClock()
  const script = createScript(...answers)
  const given = { clientId: 'client', fetch: script.fetch, clock, ...withDefaults(options) }
  return { ...script, clock, tokens: createTokenSource(given as unknown as TokenSourceOptions) }
}

/** A token endpoint and a secret, unless there is something else in their place. */
export function withDefaults(options: AnyOptions): AnyOptions {
  return {
    ...('issuer' in options ? {} : { tokenEndpoint: TOKEN_ENDPOINT }),
    ...('privateKey' in options || options['clientAuthentication'] === 'tls_client_auth'
      ? {}
      : { clientSecret: 'secret' }),
    ...options,
  }
}

/** What a promise is refused with. */
export async function failureOf(promise: Promise<unknown>): Promise<Record<string, unknown> & Error> {
  try {
    await promise
  } catch (error) {
    return error as Record<string, unknown> & Error
  }
  throw new Error('there is no failure')
}

/** The form of a token request. */
export function formOf(sent: Sent | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(String(sent?.body)))
}

/** A new token for each request. */
export function numbered(lifetime?: number): Answer {
  let count = 0
  return () => Response.json({ access_token: `token-${++count}`, token_type: 'Bearer', expires_in: lifetime })
}

/** The token that is handed out now. */
export async function tokenOf({ tokens }: Bench): Promise<string> {
  return (await tokens.getToken()).accessToken
}

/** An answer that waits until it is let go. */
export function holdAnswer(): {
  readonly answer: (sent: Sent) => Promise<Response>
  readonly release: (content: object) => void
} {
  let release: (content: object) => void = () => {}
  const response = new Promise<Response>((resolve) => {
    release = (content) => resolve(Response.json(content))
  })
  return { answer: () => response, release }
}

/** What comes of an answer of the token endpoint: the token, or the error. */
export async function resultOf(answer: object, options: AnyOptions = {}): Promise<Record<string, unknown>> {
  const { tokens } = createBench(options, answer)
  const result = await tokens.getToken().catch((error: unknown) => error)
  return result as Record<string, unknown>
}
