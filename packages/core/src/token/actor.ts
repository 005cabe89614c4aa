import { RefusedError } from '../errors.js'
import { isJsonObject, type JsonObject } from '../json.js'
import type { AccessTokenClaims } from './claims.js'

/**
 * Who acts in the name of the subject of a delegated access token: a member is absent where the authorization server did
 * not write it. Frozen.
 *
 * Bearward takes no decision by it: scopes and subject are what the token says at its top.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8693#section-4.1 RFC 8693, section 4.1}
 */
export interface Actor {
  /** `iss`; the same `subject` of another issuer is somebody else. */
  readonly issuer: string | undefined
  /** `sub`. */
  readonly subject: string | undefined
  /** `client_id`. */
  readonly clientId: string | undefined
  /** All members of `act`. Times and audiences among them mean nothing. */
  readonly claims: JsonObject
  /** Who acted before this one. For records alone: RFC 8693 forbids decisions by it. */
  readonly actor: Actor | undefined
}

/** Actors of one token. A longer chain is a loop, or an attack. */
const LONGEST_CHAIN = 10

/**
 * Reads the chain of actors: the one that acts now, and in it those before.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_CLAIM_INVALID` where it names nobody, is not of objects, or is too long
 */
export function readActor(claims: AccessTokenClaims): Actor | undefined {
  return Object.hasOwn(claims, 'act') ? parseActor(claims.act, LONGEST_CHAIN) : undefined
}

function parseActor(act: unknown, left: number): Actor {
  if (!isJsonObject(act) || left === 0) throw invalid()
  const isNamed = Object.keys(act).some((name) => name !== 'act')
  if (!isNamed) throw invalid()
  return Object.freeze({
    issuer: readName(act, 'iss'),
    subject: readName(act, 'sub'),
    clientId: readName(act, 'client_id'),
    claims: act,
    actor: Object.hasOwn(act, 'act') ? parseActor(act['act'], left - 1) : undefined,
  })
}

function readName(act: JsonObject, name: string): string | undefined {
  if (!Object.hasOwn(act, name)) return undefined
  const value = act[name]
  if (typeof value === 'string' && value !== '') return value
  throw invalid()
}

function invalid(): RefusedError {
  return new RefusedError('ERR_TOKEN_CLAIM_INVALID', { cause: 'act' })
}
