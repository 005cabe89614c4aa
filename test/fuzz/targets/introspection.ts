import { readScopes } from '../../../packages/core/src/authorization/scope.js'
import { checkConfirmation } from '../../../packages/core/src/binding/confirmation.js'
import { RefusedError } from '../../../packages/core/src/errors.js'
import type { Exchange } from '../../../packages/core/src/http/exchange.js'
import { findClientId } from '../../../packages/core/src/token/claims.js'
import { createIntrospect } from '../../../packages/core/src/token/introspection.js'
import { checkIntrospectedClaims } from '../../../packages/core/src/token/introspection-claims.js'
import type { SignedResponsePolicy } from '../../../packages/core/src/token/introspection-jwt.js'
import {
  readMediaType,
  referenceIntrospected,
  referenceSignedAnswer,
  toAnswerRules,
} from '../reference/introspection.js'
import { referenceJson } from '../reference/json.js'
import { NOW } from '../reference/rules.js'
import { pick, seldom, type Chance } from '../support/chance.js'
import type { ParsedSetting } from '../support/settings.js'
import { spellJson } from '../support/spelling.js'
import { verdictOfAsync, type Target, type Verdict } from '../support/target.js'
import { createScriptedKeySource, PUBLISHED, signAnswer } from './answers.js'
import { REFUSED_BY_CLAIMS, settingAndClaims, toVerdict } from './tokens.js'

const JSON_TYPE = 'application/json'
const JWT_TYPE = 'application/token-introspection+jwt'
const CODES = [
  ...REFUSED_BY_CLAIMS,
  'ERR_TOKEN_INACTIVE',
  'ERR_TOKEN_ISSUER',
  'ERR_INTROSPECTION_REFUSED',
  'ERR_AUTHORIZATION_SERVER_RESPONSE',
]

/** An answer of the introspection endpoint. */
interface Answer {
  readonly status: number
  readonly type: string | null
  readonly body: Uint8Array
}

/** Answers in JSON, and what they say of a token. */
export const introspection: Target = {
  name: 'introspection',
  weight: 8,
  leastAccepted: 0.1,
  prepare(chance) {
    const [setting, claims] = settingAndClaims(chance)
    const answer = answerOf(chance, JSON_TYPE, spellJson(withActive(claims, chance), chance, 3))
    return {
      input: toInput(setting, answer),
      judge: () => judge(answer, setting, undefined),
      expect() {
        const response = isOfType(answer, JSON_TYPE) ? referenceJson(answer.body) : undefined
        return response === undefined ? { refused: 'no answer' } : expectOf(response, setting)
      },
    }
  },
}

/** Signed answers. */
export const signedIntrospection: Target = {
  name: 'signed-introspection',
  weight: 3,
  leastAccepted: 0.1,
  prepare(chance) {
    const [setting, claims] = settingAndClaims(chance)
    const answer = answerOf(
      chance,
      JWT_TYPE,
      Buffer.from(signAnswer(withActive(claims, chance), chance), 'latin1'),
    )
    const { issuer, audiences, algorithms } = setting.rules
    const keySource = createScriptedKeySource()
    const signed = { issuer, audiences: new Set(audiences), algorithms: new Set(algorithms), keySource }
    return {
      input: toInput(setting, answer),
      judge: () => judge(answer, setting, signed),
      async expect() {
        if (!isOfType(answer, JWT_TYPE)) return { refused: 'no answer' }
        const text = Buffer.from(answer.body).toString('latin1')
        const response = await referenceSignedAnswer(text, setting.rules, PUBLISHED)
        return typeof response === 'string' ? { refused: response } : expectOf(response, setting)
      },
    }
  },
}

function judge(
  answer: Answer,
  { config }: ParsedSetting,
  signed: SignedResponsePolicy | undefined,
): Promise<Verdict> {
  const { introspection: own, scopes } = config
  const policy = own?.claims
  const codes = signed === undefined ? CODES : [...CODES, 'ERR_INTROSPECTION_RESPONSE']
  return verdictOfAsync(codes, async () => {
    const introspect = createIntrospect({ signed, tokenTypeHint: true }, toMeans(answer))
    const response = await introspect('token', () => undefined)
    if (response === undefined || policy === undefined) throw new RefusedError('ERR_TOKEN_INACTIVE')
    checkConfirmation(response)
    const claims = checkIntrospectedClaims(response, policy, NOW)
    const names =
      typeof scopes === 'function' || scopes === undefined ? scopes : [...[scopes].flat(), 'scope']
    return {
      clientId: findClientId(claims, policy.claims.clientIdClaims),
      scopes: [...new Set(readScopes(claims, names))],
    }
  })
}

function expectOf(response: Readonly<Record<string, unknown>>, { rules }: ParsedSetting): Verdict {
  return toVerdict(referenceIntrospected(response, toAnswerRules(rules), NOW))
}

function toMeans({ status, type, body }: Answer): Parameters<typeof createIntrospect>[1] {
  const headers = { get: (name: string) => (name === 'content-type' ? type : null) }
  const incoming = { response: { status, headers, body: null }, name: 'https://as.example.com/introspect' }
  const exchange: Exchange = (_url, _init, read) =>
    read({ ...incoming, readBody: () => Promise.resolve(body) })
  const clock = { now: () => NOW, monotonic: () => 0, after: () => () => undefined, random: () => 0 }
  return {
    exchange,
    locate: () => Promise.resolve(incoming.name),
    authenticate: () => Promise.resolve(() => undefined),
    clock,
  }
}

function withActive(
  claims: Parameters<typeof spellJson>[0],
  chance: Chance,
): Parameters<typeof spellJson>[0] {
  const active = seldom(chance, 8) ? pick(chance, [false, 'true', 1, null]) : true
  const kind = seldom(chance, 4) ? { token_type: pick(chance, KINDS) } : {}
  return { active, ...(claims as object), ...kind }
}

const KINDS = ['Bearer', 'bearer', 'access_token', 'DPoP', 'refresh_token', 'access_to\u212Aen', 'N_A', '']

function answerOf(chance: Chance, type: string, body: Uint8Array): Answer {
  const types = [
    `${type}; charset=utf-8`,
    type.toUpperCase(),
    ` ${type} `,
    `${type}x`,
    'text/html',
    null,
    '',
    JSON_TYPE,
  ]
  return {
    status: seldom(chance, 20) ? pick(chance, [201, 204, 301, 304, 400, 401, 403, 429, 500, 503]) : 200,
    type: seldom(chance, 8) ? pick(chance, types) : type,
    body,
  }
}

function isOfType({ status, type }: Answer, wanted: string): boolean {
  return status === 200 && readMediaType(type) === wanted
}

function toInput({ options }: ParsedSetting, { status, type, body }: Answer): unknown {
  return { options, status, type, body: Buffer.from(body).toString('latin1') }
}
