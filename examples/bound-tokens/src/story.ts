import type { Checks } from '@bearward/example-kit'
import { generateKeyPair } from 'oauth4webapi'
import { getWithOwnKey, openClient } from './client.js'
import type { Stage } from './stage.js'

/** A client uses its token, and a thief who reads all that it sends tries to. */
export async function tellStory(stage: Stage, { check }: Checks): Promise<void> {
  const { registration, apiUrl, log } = stage
  const [stats, sales] = [`${apiUrl}/stats`, `${apiUrl}/sales`]
  const keys = await generateKeyPair('ES256')

  const client = await openClient({ ...registration, keys })
  check('the authorization server binds the token of a client that shows a key', client.tokenType, 'dpop')
  const answer = await read(await client.get(stats))
  check('the API accepts it with a proof', answer.status, 200)
  check('and knows who asks', answer.body, { visitors: 1234, askedBy: registration.clientId })
  check('the API accepts it again, with another proof', (await client.get(stats)).status, 200)

  const { authorization = '', dpop = '' } = log.at(-1) ?? {}
  const stolen = { authorization, dpop: String(dpop) }
  const replay = await read(await fetch(stats, { headers: stolen }))
  check('the API refuses the same request, sent once more by a thief', replay.status, 401)
  check('because its proof was used before', replay.problem, [
    'invalid_dpop_proof',
    'The DPoP proof was used before',
  ])

  const elsewhere = await read(await fetch(sales, { headers: stolen }))
  check('the API refuses the stolen proof at another URL', elsewhere.status, 401)
  check('because it is not for that', elsewhere.problem, [
    'invalid_dpop_proof',
    'The DPoP proof is for another method or another URI',
  ])

  const forged = await read(await getWithOwnKey(stats, client.token))
  check('the API refuses the stolen token with a proof that the thief makes', forged.status, 401)
  check('because the key is another', forged.problem, [
    'invalid_token',
    'The access token is bound to another key than that of the DPoP proof',
  ])

  const bearer = { authorization: `Bearer ${client.token}` }
  const downgraded = await read(await fetch(stats, { headers: bearer }))
  check('the API refuses the stolen token as a Bearer token', downgraded.status, 401)
  check('because it is bound', downgraded.problem, [
    'invalid_token',
    'The access token is bound to a key and cannot be used as a Bearer token',
  ])

  const careless = await openClient(registration)
  check('a client that shows no key gets a Bearer token', careless.tokenType, 'bearer')
  const unbound = await read(await careless.get(stats))
  check('the API refuses it', unbound.status, 401)
  check('because it demands bound ones', unbound.problem, [
    'invalid_token',
    'The access token is not bound to its holder, as this request needs it',
  ])
  check('the client itself goes on', (await client.get(sales)).status, 200)
}

interface Answer {
  readonly status: number
  readonly body: unknown
  /** `error` and `error_description` of the challenge. */
  readonly problem: readonly string[]
}

async function read(response: Response): Promise<Answer> {
  const challenge = response.headers.get('www-authenticate') ?? ''
  const text = await response.text()
  return {
    status: response.status,
    body: response.ok ? JSON.parse(text) : undefined,
    problem: [...challenge.matchAll(/error(?:_description)?="([^"]*)"/g)].map(([, value = '']) => value),
  }
}
