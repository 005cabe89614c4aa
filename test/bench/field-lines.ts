import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { APPS, type AppName } from './apps/apps.js'
import { ORIGIN, STATS } from './apps/app.js'
import {
  createClient,
  forgeProof,
  mismatch,
  signRequests,
  type BoundRequest,
  type ProofAlgorithm,
} from './clients.js'
import type { Issuer } from './issuer.js'

/** Field lines of a request, which tabs separate. */
export type FieldLines = string

/** What is sent to applications, and how one is seen to be protected. */
export interface Material {
  readonly lines: readonly FieldLines[]
  /** @throws Where an application answers something else than the others, or what it should refuse. */
  check(app: AppName, port: number): Promise<void>
}

export type PrepareMaterial = (issuer: Issuer) => Promise<Material>

/** A Bearer token in each. */
export function prepareTokens(count: number): PrepareMaterial {
  return async (issuer) => ({
    lines: (await issuer.mint(count)).map(toBearer),
    check: (app, port) => checkTokens(app, port, issuer),
  })
}

/** Bearer tokens in the first lines, one for each client; then proofs, each for the first time, of the clients in turn. */
export function prepareProofs(
  algorithm: ProofAlgorithm,
  clientCount: number,
  count: number,
): PrepareMaterial {
  return async (issuer) => {
    const clients = await Promise.all(
      Array.from({ length: clientCount }, () => createClient(issuer, algorithm)),
    )
    const requests = await signRequests(clients, count, `${ORIGIN}/stats`)
    return {
      lines: [...(await issuer.mint(clientCount)).map(toBearer), ...requests.map(toDpop)],
      async check(app, port) {
        await checkTokens(app, port, issuer)
        if (APPS[app].proofs !== undefined) await checkProofs(app, port, issuer, algorithm)
      },
    }
  }
}

function toBearer(token: string): FieldLines {
  return `Authorization: Bearer ${token}`
}

function toDpop({ authorization, proof }: BoundRequest): FieldLines {
  return `Authorization: ${authorization}\tDPoP: ${proof}`
}

/** All have to answer the same; and one that accepts anything would be fast. */
async function checkTokens(app: AppName, port: number, { mint }: Issuer): Promise<void> {
  const [token = '', other = ''] = await mint(2)
  await expectAnswer(app, port, toBearer(token))
  const forged = `${token.slice(0, token.lastIndexOf('.'))}${other.slice(other.lastIndexOf('.'))}`
  await expectStatus(app, port, toBearer(forged), APPS[app].bare === app ? [200] : [401])
}

async function checkProofs(
  app: AppName,
  port: number,
  issuer: Issuer,
  algorithm: ProofAlgorithm,
): Promise<void> {
  const [client, other] = [await createClient(issuer, algorithm), await createClient(issuer, algorithm)]
  const url = `${ORIGIN}/stats`
  const [good, second] = (await signRequests([client], 2, url)) as [BoundRequest, BoundRequest]
  const [elsewhere] = (await signRequests([client], 1, `${url}/all`)) as [BoundRequest]
  await expectStatus(app, port, toDpop(forgeProof(good, second)), REFUSED)
  await expectStatus(app, port, toDpop(elsewhere), REFUSED)
  await expectStatus(app, port, toDpop(await mismatch(client, other, url)), REFUSED)
  await expectStatus(app, port, toBearer(client.token), REFUSED)
  await expectAnswer(app, port, toDpop(good))
  await expectStatus(app, port, toDpop(good), APPS[app].proofs === 'once' ? REFUSED : [200])
}

const REFUSED = [400, 401]

async function expectAnswer(app: AppName, port: number, lines: FieldLines): Promise<void> {
  const { statusCode, headers, text } = await ask(port, lines)
  const fields = Object.entries(headers)
    .filter(([name]) => name !== 'date')
    .sort()
  const answer = JSON.stringify([statusCode, Object.fromEntries(fields), text])
  if (answer !== EXPECTED) throw new Error(`${app} answers ${answer}`)
}

async function expectStatus(
  app: AppName,
  port: number,
  lines: FieldLines,
  expected: readonly number[],
): Promise<void> {
  const { statusCode = 0 } = await ask(port, lines)
  if (!expected.includes(statusCode))
    throw new Error(`${app} answers ${String(statusCode)} in place of ${expected.join(' or ')}`)
}

/** With the `Host` that the load has, which `fetch` would not send. */
async function ask(port: number, lines: FieldLines): Promise<IncomingMessage & { readonly text: string }> {
  const fields = lines.split('\t').map((line) => line.split(': ') as [string, string])
  const headers = { host: new URL(ORIGIN).host, ...Object.fromEntries(fields) }
  const [response] = (await once(get(`${ORIGIN}:${String(port)}/stats`, { headers }), 'response')) as [
    IncomingMessage,
  ]
  return Object.assign(response, { text: Buffer.concat(await response.toArray()).toString() })
}

const FIELDS = {
  connection: 'keep-alive',
  'content-length': String(JSON.stringify(STATS).length),
  'content-type': 'application/json; charset=utf-8',
  'keep-alive': 'timeout=5',
}
const EXPECTED = JSON.stringify([200, FIELDS, JSON.stringify(STATS)])
