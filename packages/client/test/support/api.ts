import {
  API,
  createBench,
  TOKEN_ENDPOINT,
  type AnyOptions,
  type Answer,
  type Bench,
  type Sent,
} from './script.js'

/** A client whose token endpoint gives a new token each time, and whose APIs answer in this order. */
export function createClient(
  options: AnyOptions,
  ...answers: readonly Answer[]
): Bench & { readonly calls: () => readonly Sent[] } {
  let tokens = 0
  let calls = 0
  const isCall = ({ url }: Sent) => url !== TOKEN_ENDPOINT
  const bench = createBench({ origins: API, ...options }, (sent: Sent) => {
    if (!isCall(sent))
      return Response.json({ access_token: `token-${++tokens}`, token_type: 'Bearer', expires_in: 300 })
    const answer = answers[Math.min(calls++, answers.length - 1)] ?? {}
    return typeof answer === 'function' ? (answer as (sent: Sent) => Response)(sent) : Response.json(answer)
  })
  return { ...bench, calls: () => bench.sent.filter(isCall) }
}

/** The credentials of each request. */
export function tokensOf(sent: readonly Sent[]): readonly (string | null)[] {
  return sent.map(({ headers }) => headers.get('authorization'))
}
