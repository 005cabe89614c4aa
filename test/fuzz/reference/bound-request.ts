import { createHash } from 'node:crypto'
import { referenceIsIn, referenceRange } from './address-range.js'
import { REFERENCE_FIELDS } from './certificate-field.js'
import { referenceCredentials } from './credentials.js'
import type { MadeNonce } from './nonce.js'
import { referenceProof, type ProofRules } from './proof.js'
import { referenceToken, type Who } from './request.js'
import type { Rules } from './rules.js'
import type { PublishedKey } from './signature.js'
import type { Aimed } from './target-uri.js'

type Members = Readonly<Record<string, unknown>>

/** What one resource server asks of who sends a token. */
export interface BoundRules {
  /** Whether a token that is not bound is refused. */
  readonly isRequired: boolean
  /** `undefined`: DPoP is not known. */
  readonly proof: ProofRules | undefined
  /** `undefined`: certificates are not known. `proxies`: who may send the field. */
  readonly certificate:
    | { readonly from: 'socket' }
    | { readonly from: keyof typeof REFERENCE_FIELDS; readonly proxies: readonly string[] }
    | undefined
}

/** A request, and the connection that it came on. */
export interface Sent extends Aimed {
  readonly method: string
  readonly remoteAddress: string | undefined
  /** In DER. */
  readonly certificate: Uint8Array | undefined
  /** Values of the fields, one for each field line, by lower-case name. */
  readonly fields: Readonly<Record<string, readonly string[]>>
}

/** What a resource server knows when a request comes. */
export interface Known {
  readonly rules: Rules
  readonly keys: readonly PublishedKey[]
  readonly nonces: readonly MadeNonce[]
  /** Proofs that were used, by what identifies them, each with the request that used it. */
  readonly used: Map<string, Sent>
}

/** Who sends a request, with which scheme; or why it is refused. Notes that its proof was used. */
export async function referenceBoundRequest(
  sent: Sent,
  asked: BoundRules,
  known: Known,
  now: number,
): Promise<(Who & { readonly scheme: string }) | string> {
  const submitted = {
    method: sent.method,
    secure: sent.secure,
    fields: sent.fields['authorization'] ?? [],
    form: undefined,
  }
  const places = { requireTls: false, header: true, body: false, dpop: asked.proof !== undefined }
  const credentials = referenceCredentials(submitted, places)
  if (typeof credentials === 'string') return credentials
  const { scheme, token } = credentials
  const who = await referenceToken(token, known.rules, known.keys, now)
  if (typeof who === 'string') return who
  return (
    (await refuseSender(sent, { scheme, token, claims: who.claims }, asked, known, now)) ?? { ...who, scheme }
  )
}

/** Strict on purpose: `all that a token is bound to is proved`, and `cnf` is never ignored (RFC 7800, section 3.1). */
async function refuseSender(
  sent: Sent,
  { scheme, token, claims }: { readonly scheme: string; readonly token: string; readonly claims: Members },
  asked: BoundRules,
  known: Known,
  now: number,
): Promise<string | undefined> {
  if (!Object.hasOwn(claims, 'cnf'))
    return asked.isRequired || scheme === 'dpop' ? 'RFC 9449, section 7.1: a token that is bound' : undefined
  const { cnf } = claims
  if (typeof cnf !== 'object' || cnf === null || Array.isArray(cnf)) return 'RFC 7800, section 3.1: an object'
  const [jkt, thumbprint] = ['jkt', 'x5t#S256'].map((name) =>
    Object.hasOwn(cnf, name) ? (cnf as Members)[name] : undefined,
  )
  if (jkt === undefined && thumbprint === undefined) return 'RFC 7800, section 3.1: nothing that is known'
  if (!isThumbprint(jkt) || !isThumbprint(thumbprint))
    return 'RFC 9449, section 6.1; RFC 8705, section 3.1: SHA-256'
  if ((jkt !== undefined) !== (scheme === 'dpop')) return 'RFC 9449, sections 7.1 and 7.2: the scheme'
  if (thumbprint !== undefined && readCertificate(sent, asked) !== thumbprint) return 'RFC 8705, section 3'
  if (jkt === undefined) return undefined
  if (asked.proof === undefined) return 'RFC 9449, section 7.1: DPoP is not known'
  return useProof(sent, { token, jkt }, asked.proof, known, now)
}

function isThumbprint(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value))
}

/** RFC 9440, section 4: of a trusted proxy alone, and said once. */
function readCertificate(sent: Sent, { certificate: source }: BoundRules): string | undefined {
  if (source === undefined) return undefined
  if (source.from === 'socket')
    return sent.certificate && createHash('sha256').update(sent.certificate).digest('base64url')
  const ranges = source.proxies.map(referenceRange).filter((range) => range !== undefined)
  const [value, ...others] = sent.fields[source.from] ?? []
  const isTrusted = sent.remoteAddress !== undefined && referenceIsIn(sent.remoteAddress, ranges)
  return isTrusted && value !== undefined && others.length === 0
    ? REFERENCE_FIELDS[source.from](value)
    : undefined
}

/** RFC 9449, section 11.1: once, by one request, however often that is looked at. */
async function useProof(
  sent: Sent,
  bound: { readonly token: string; readonly jkt: string },
  rules: ProofRules,
  { nonces, used }: Known,
  now: number,
): Promise<string | undefined> {
  const proven = { ...sent, ...bound, proofs: sent.fields['dpop'] ?? [], nonces }
  const said = await referenceProof(proven, rules, now)
  if (typeof said === 'string') return said
  const user = used.get(said.id)
  if (user !== undefined && user !== sent) return 'RFC 9449, section 11.1: used before'
  used.set(said.id, sent)
  return undefined
}
