import {
  ClientSecretPost,
  modifyAssertion,
  PrivateKeyJwt,
  TlsClientAuth,
  type ClientAuth,
  type CryptoKey,
} from 'oauth4webapi'
import type { Clock } from '../time.js'

/** How a client authenticates at its authorization server: in one way only (RFC 6749, section 2.3). */
export type ClientCredentials =
  | {
      readonly method: 'secret'
      readonly secret: string
      /** `undefined`: what the metadata name. */
      readonly place: 'client_secret_basic' | 'client_secret_post' | undefined
      readonly encoding: 'form' | 'raw'
    }
  | {
      readonly method: 'assertion'
      readonly key: CryptoKey
      readonly kid: string | undefined
      readonly audience: string
    }
  | { readonly method: 'certificate' }

/** In seconds: for one request, and for clocks that differ. */
const ASSERTION_LIFETIME = 60

/**
 * Makes what authenticates the client in a request.
 *
 * @param supported Ways that the server names in its metadata; `undefined` where it names none.
 */
export function createClientAuthentication(
  credentials: ClientCredentials,
  supported: readonly string[] | undefined,
  clock: Clock,
): ClientAuth {
  if (credentials.method === 'certificate') return TlsClientAuth()
  if (credentials.method === 'assertion') {
    const { key, kid, audience } = credentials
    const privateKey = kid === undefined ? key : { key, kid }
    return PrivateKeyJwt(privateKey, {
      [modifyAssertion]: (header, payload) => {
        toClientAssertion(header, payload, audience, clock)
      },
    })
  }
  const { secret, place = choosePlace(supported), encoding } = credentials
  return place === 'client_secret_post' ? ClientSecretPost(secret) : clientSecretBasic(secret, encoding)
}

/** RFC 6749, section 2.3.1: in the body only where Basic cannot be used. */
function choosePlace(supported: readonly string[] | undefined): string {
  const isPostOnly = supported?.includes('client_secret_post') && !supported.includes('client_secret_basic')
  return isPostOnly === true ? 'client_secret_post' : 'client_secret_basic'
}

/**
 * Not by `ClientSecretBasic` of oauth4webapi: that encodes `-`, `.` and `_` too, which is correct, and still fails with each
 * UUID at the many servers that do not decode. `URLSearchParams` leaves them, which every server understands.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 RFC 6749, section 2.3.1} and appendix B
 */
function clientSecretBasic(secret: string, encoding: 'form' | 'raw'): ClientAuth {
  const encode = (text: string) =>
    encoding === 'raw' ? text : new URLSearchParams([['', text]]).toString().slice(1)
  return (_server, client, _body, headers) => {
    const credentials = Buffer.from(`${encode(client.client_id)}:${encode(secret)}`).toString('base64')
    headers.set('authorization', `Basic ${credentials}`)
  }
}

/** RFC 10070: of an explicit type, for one audience. The times are those of `clock`. */
function toClientAssertion(
  header: Record<string, unknown>,
  payload: Record<string, unknown>,
  audience: string,
  clock: Clock,
): void {
  const now = Math.floor(clock.now())
  header['typ'] = 'client-authentication+jwt'
  payload['aud'] = audience
  payload['iat'] = now
  payload['exp'] = now + ASSERTION_LIFETIME
  delete payload['nbf'] // optional, and refused where the clock of the server is behind
}
