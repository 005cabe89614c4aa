import { generateKeyPairSync, sign } from 'node:crypto'
import type { Auth } from '../src/auth.js'
import type { AuthorizationServer, AuthorizationServers } from '../src/authorization-servers.js'
import { RefusedError, UnavailableError } from '../src/errors.js'
import type { Recall } from '../src/recall.js'
import type { ClaimsPolicy } from '../src/token/claims.js'
import { asVerified } from '../src/token/verified.js'
import { refresh, validate } from '../src/validation.js'
import { NOW, POLICY } from './token/judge.js'

export const [ISSUER, OTHER] = ['https://as.example.com', 'https://other.example.com']
const CLOCK = { now: () => NOW, monotonic: () => 0, after: () => () => undefined, random: () => 0 }
const CLAIMS: ClaimsPolicy = { ...POLICY, clientIdClaims: ['azp'] }
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const jwk = publicKey.export({ format: 'jwk' })

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** A JWT that is good, but for these claims and parameters. */
export function createJwt(claims: object = {}, header: object = {}): string {
  const good = {
    iss: ISSUER,
    exp: NOW + 60,
    aud: 'urn:api',
    sub: 'al',
    iat: NOW,
    jti: '1',
    azp: 'app',
    client_id: 'c',
  }
  const input = `${encode({ typ: 'at+jwt', alg: 'EdDSA', ...header })}.${encode({ ...good, ...claims })}`
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`
}

/** What introspection answers, and has been asked. */
interface Answers {
  readonly response: object
  readonly asked: unknown[]
}

function createServer(accessTokens: 'jwt' | 'opaque' | 'mixed', answers?: Answers): AuthorizationServer {
  const server = {
    issuer: ISSUER,
    accessTokens,
    header: { types: new Set(['at+jwt']), algorithms: new Set(['EdDSA']) },
    claims: CLAIMS,
    scopes: 'scp',
    documents: {
      keySet: { atHand: () => ({ content: 'the key set' }) },
      keySource: {
        find: async (_hint: unknown, verifies: (key: object) => Promise<boolean>) => {
          const key = { jwk, kid: undefined, algorithms: new Set(['EdDSA']) }
          return (await verifies(key)) ? key : undefined
        },
      },
    },
    introspection: answers && {
      policy: {
        issuer: ISSUER,
        claims: { ...CLAIMS, presentClaims: [], isClientIdOptional: true, clientIdClaims: ['client_id'] },
        isAudienceOptional: false,
        scopes: undefined,
      },
      find: (...given: readonly unknown[]) => {
        answers.asked.push(given)
        return Promise.resolve(asVerified(answers.response as Parameters<typeof asVerified>[0]))
      },
    },
  }
  return server as unknown as AuthorizationServer
}

/** One server, for tokens of its issuer, and for those that name none where it introspects. */
export function create(
  accessTokens: 'jwt' | 'opaque' | 'mixed',
  response: object = { sub: 'i', aud: 'urn:api' },
  failure?: Error,
) {
  const answers = { response, asked: [] as unknown[] }
  const server = createServer(accessTokens, accessTokens === 'jwt' ? undefined : answers)
  const kept: unknown[] = []
  const recall = { find: () => undefined, keep: (...given) => void kept.push(given) } satisfies Recall
  const servers = {
    atHand: (issuer: unknown) => (issuer === ISSUER && failure === undefined ? server : undefined),
    select: (issuer: unknown) =>
      issuer === ISSUER && failure === undefined
        ? Promise.resolve(server)
        : Promise.reject(failure ?? new RefusedError('ERR_TOKEN_ISSUER')),
    introspecting: accessTokens === 'jwt' ? undefined : server,
    confirm: () => undefined,
  } as unknown as AuthorizationServers
  return {
    kept,
    server,
    asked: answers.asked,
    judge: (token: string, maxTokenSize = 10_000) =>
      validate(token, { maxTokenSize, clock: CLOCK }, servers, recall).then(
        ({ via, subject, clientId, scheme }) => [via, subject, clientId, scheme],
        (error: unknown) =>
          error instanceof RefusedError || error instanceof UnavailableError ? error.code : error,
      ),
    renew: (auth: Auth, maxAge = 30) => refresh(auth, maxAge, servers, CLOCK),
  }
}
