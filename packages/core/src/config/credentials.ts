import type { CryptoKey } from 'oauth4webapi'
import { ConfigurationError } from '../errors.js'
import type { ClientCredentials } from '../http/client-authentication.js'
import { copyOptions, parseChoice, parseText, type Unchecked } from './check.js'

/** Names of the options that say how a client authenticates. */
export const CREDENTIAL_OPTIONS: readonly string[] = [
  'clientSecret',
  'privateKey',
  'clientAuthentication',
  'basicEncoding',
  'assertionAudience',
]

const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'tls_client_auth'] as const

/**
 * Checks how a client authenticates.
 *
 * @param options With `clientId`, and `issuer` and `fetch` where there are any.
 *
 * @throws {@link ConfigurationError} where the credentials are missing, cannot be used or contradict each other
 */
export function parseClientCredentials(options: Unchecked): ClientCredentials {
  const { clientSecret, privateKey } = options
  const method = parseChoice(options['clientAuthentication'], 'clientAuthentication', METHODS)
  const encoding = parseChoice(options['basicEncoding'], 'basicEncoding', ['form', 'raw'] as const)
  checkOneKind(options, method)
  if (method === 'tls_client_auth') {
    if (options['fetch'] !== undefined) return { method: 'certificate' }
    throw new ConfigurationError(
      'fetch',
      'is required with tls_client_auth: one that presents the certificate',
    )
  }
  if (privateKey !== undefined) return parseAssertion(options)
  if (clientSecret === undefined || method === 'private_key_jwt') {
    const name = method === 'private_key_jwt' ? 'privateKey' : 'clientSecret'
    throw new ConfigurationError(name, 'is required: the client must authenticate')
  }
  const isRawBasic = encoding === 'raw' && method !== 'client_secret_post'
  if (isRawBasic && String(options['clientId']).includes(':'))
    throw new ConfigurationError('clientId', 'must not hold a colon with basicEncoding: raw')
  const secret = parseText(clientSecret, 'clientSecret')
  return { method: 'secret', secret, place: method, encoding: encoding ?? 'form' }
}

/** What belongs to another way of authentication is a mistake, and not to be passed over. */
function checkOneKind(options: Unchecked, method: (typeof METHODS)[number] | undefined): void {
  const usesKey = method === undefined ? options['privateKey'] !== undefined : method === 'private_key_jwt'
  const usesSecret = !usesKey && method !== 'tls_client_auth'
  const foreign = [
    ...(usesSecret ? [] : ['clientSecret', 'basicEncoding']),
    ...(usesKey ? [] : ['privateKey', 'assertionAudience']),
  ].find((name) => options[name] !== undefined)
  if (foreign !== undefined)
    throw new ConfigurationError(
      foreign,
      'does not go with the other credentials: one way of authentication only',
    )
}

/** RFC 7523, section 3; the audience by RFC 10070. */
function parseAssertion({ privateKey, assertionAudience, issuer }: Unchecked): ClientCredentials {
  if (assertionAudience === undefined && issuer === undefined)
    throw new ConfigurationError(
      'issuer',
      'is required with privateKey: it is the audience of the assertions',
    )
  const audience = parseText(assertionAudience ?? issuer, 'assertionAudience')
  if (isCryptoKey(privateKey))
    return { method: 'assertion', key: checkKey(privateKey), kid: undefined, audience }
  const { key, kid } = copyOptions(privateKey, 'privateKey', ['key', 'kid'])
  if (!isCryptoKey(key)) throw new ConfigurationError('privateKey', KEY)
  return { method: 'assertion', key: checkKey(key), kid: parseText(kid, 'privateKey.kid'), audience }
}

const KEY = 'must be a private CryptoKey that may sign: RSA of 2048 bits and more, EC or Ed25519'

/** Found here, and not when the first assertion is signed. */
function checkKey(key: CryptoKey): CryptoKey {
  const { name, hash, modulusLength = 2048 } = key.algorithm as KeyAlgorithm
  const isSupported = ['RSASSA-PKCS1-v1_5', 'RSA-PSS', 'ECDSA', 'Ed25519'].includes(name)
  const isStrong = modulusLength >= 2048 && hash?.name !== 'SHA-1'
  if (isSupported && isStrong && key.usages.includes('sign')) return key
  throw new ConfigurationError('privateKey', KEY)
}

interface KeyAlgorithm {
  readonly name: string
  readonly hash?: { readonly name: string }
  readonly modulusLength?: number
}

function isCryptoKey(value: unknown): value is CryptoKey {
  return Object.prototype.toString.call(value) === '[object CryptoKey]'
}
