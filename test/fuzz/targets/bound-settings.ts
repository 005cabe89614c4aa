import type { ResourceServerOptions } from '../../../packages/core/src/options.js'
import type { BoundRules } from '../reference/bound-request.js'
import { PROOF_RULES, SECRETS } from './proofs.js'

/** Options that say how tokens are bound, and what they mean, written out by hand. */
export interface BoundSetting {
  readonly options: Pick<ResourceServerOptions, 'clientCertificates' | 'dpop' | 'senderConstraint'>
  readonly asked: BoundRules
}

export const ORIGIN = 'https://api.example.com'
const PROXIES = ['10.0.0.0/8', '::1']
const [PLAIN] = PROOF_RULES as [(typeof PROOF_RULES)[number]]

export const BOUND_SETTINGS: readonly BoundSetting[] = [
  {
    options: { dpop: { origin: ORIGIN }, clientCertificates: { from: 'socket' } },
    asked: { isRequired: false, proof: PLAIN, certificate: { from: 'socket' } },
  },
  {
    options: { dpop: { origin: ORIGIN, nonceSecrets: SECRETS.slice(0, 2) }, senderConstraint: 'required' },
    asked: {
      isRequired: true,
      proof: { ...PLAIN, maxAge: 300, secrets: SECRETS.slice(0, 2) },
      certificate: undefined,
    },
  },
  {
    options: {
      clientCertificates: { from: 'client-cert', trustedProxies: PROXIES },
      senderConstraint: 'required',
    },
    asked: { isRequired: true, proof: undefined, certificate: { from: 'client-cert', proxies: PROXIES } },
  },
  {
    options: {
      dpop: { dangerouslyTrustHost: true, algorithms: ['ES256', 'Ed25519'], proofMaxAge: 5 },
      clientCertificates: { from: 'x-forwarded-client-cert', trustedProxies: PROXIES },
      senderConstraint: 'when-bound',
    },
    asked: {
      isRequired: false,
      proof: { origins: undefined, algorithms: ['ES256', 'Ed25519'], maxAge: 5, secrets: undefined },
      certificate: { from: 'x-forwarded-client-cert', proxies: PROXIES },
    },
  },
  { options: {}, asked: { isRequired: false, proof: undefined, certificate: undefined } },
]
