import {
  checkToken,
  peekToken,
  readCredentials,
  type BearerMethod,
} from '../../../packages/core/src/credentials.js'
import { referenceCredentials, referenceIsToken } from '../reference/credentials.js'
import { pick, seldom, type Chance } from '../support/chance.js'
import { Finding, verdictOf, type Target } from '../support/target.js'
import { changed } from './spelling.js'

const FIELDS = [
  'Bearer mF_9.B5f-4.1JqM',
  'bearer YQ==',
  'BEARER   a~b+c/d',
  'Bearer a',
  'Basic YTpi',
  'DPoP a.b.c',
  'dpop  YQ',
  '',
]
const WORDS = ['Bearer ', 'DPoP ', 'Bearer', 'Basic ', ', Bearer x', 'realm="x"', '==', '\t', ' ']
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'post']
const FORM_VALUES = ['abc', 'a b', '', ['abc'], ['abc', 'def'], { 0: 'abc' }, null, undefined, 7]
const POLICIES: readonly (readonly BearerMethod[])[] = [['header'], ['header'], ['header', 'body'], ['body']]

/** The access token of a request, in its header field or its body. */
export const credentials: Target = {
  name: 'credentials',
  weight: 12,
  leastAccepted: 0.1,
  prepare(chance) {
    const bearerMethods = pick(chance, POLICIES)
    const requireTls = seldom(chance, 6)
    const acceptsDpop = seldom(chance, 3)
    const submitted = {
      method: pick(chance, METHODS),
      secure: pick(chance, [true, false, undefined]),
      fields: fieldsOf(chance),
      form: formOf(chance),
    }
    const { fields, form, ...request } = submitted
    const fieldValues = (name: string) => (name === 'authorization' ? fields : [])
    const protectedRequest = { ...request, target: '/', fieldValues, form: () => form }
    const policy = {
      requireTls,
      bearerMethods: new Set(bearerMethods),
      acceptsDpop,
      readAccessToken: undefined,
    }
    const codes = ['ERR_TLS_REQUIRED', 'ERR_CREDENTIALS_REPEATED', 'ERR_CREDENTIALS_MALFORMED']
    return {
      input: { ...submitted, requireTls, bearerMethods, acceptsDpop },
      judge() {
        const peeked = peekToken(protectedRequest, policy)
        const verdict = verdictOf(codes, () => {
          const { scheme, token } = readCredentials(protectedRequest, policy) ?? {}
          if (token !== undefined) checkToken(token)
          if (isToken(peeked) && (peeked !== token || scheme !== 'Bearer'))
            throw new Finding('peeks at another token')
          return token === undefined ? undefined : { scheme: scheme?.toLowerCase(), token }
        })
        return 'accepted' in verdict && verdict.accepted === undefined ? { refused: 'none' } : verdict
      },
      expect() {
        const places = {
          requireTls,
          header: bearerMethods.includes('header'),
          body: bearerMethods.includes('body'),
          dpop: acceptsDpop,
        }
        const said = referenceCredentials(submitted, places)
        return typeof said === 'string' ? { refused: said } : { accepted: said }
      },
    }
  },
}

function isToken(text: string | undefined): text is string {
  return text !== undefined && referenceIsToken(text)
}

function fieldsOf(chance: Chance): readonly string[] {
  const field = () => changed(pick(chance, FIELDS), chance, WORDS)
  if (seldom(chance, 10)) return []
  return seldom(chance, 10) ? [field(), field()] : [field()]
}

function formOf(chance: Chance): Readonly<Record<string, unknown>> | undefined {
  if (!seldom(chance, 4)) return undefined
  const name = pick(chance, ['access_token', 'access_token', 'Access_Token', '__proto__'])
  return Object.fromEntries([[name, pick(chance, FORM_VALUES)]])
}
