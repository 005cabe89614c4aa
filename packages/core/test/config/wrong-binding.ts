import { dpop, ISSUER, metadata, ORIGIN, SECRET, strings } from './given.js'
import type { Wrong } from './wrong.js'

const secrets = 'dpop.nonceSecrets: must be one to 4 strings of at least 32 characters each'
const host =
  'must have the host that clients send: one name in ASCII (as xn--bcher-kva.example) without wildcards, or an address'
const written = 'resourceMetadata.resource: must be written as URLs are: no `..`, nothing to be encoded'
const resource = 'resourceMetadata.resource: must be the https URL of the API, without fragment'

/** Wrong options of bound tokens and of the protected resource metadata, each with what is said of them. */
export const WRONG_BINDING: Wrong = [
  [{ senderConstraint: 'always' }, 'senderConstraint: must be required or when-bound'],
  [{ senderConstraint: 'required' }, 'senderConstraint: required needs dpop, or clientCertificates, or both'],
  [
    { ...dpop({}), readAccessToken: () => undefined },
    'dpop: contradicts readAccessToken: DPoP tokens come in the header',
  ],
  [{ dpop: {} }, 'dpop.origin: is required: what clients write before the path'],
  [
    dpop({ dangerouslyTrustHost: true }),
    'dpop.origin: contradicts dangerouslyTrustHost; give one of the two',
  ],
  [dpop({ dangerouslyTrustHost: 1 }), 'dpop.dangerouslyTrustHost: must be true or false'],
  [dpop({ origin: [] }), `dpop.origin: ${strings}`],
  [
    dpop({ origin: `${ORIGIN}?` }),
    'dpop.origin: must be a URL such as https://api.example.com, without query, fragment, user information, brackets in its path, or `..`',
  ],
  [
    dpop({ origin: `x:${ORIGIN}` }),
    'dpop.origin: must be a URL such as https://api.example.com, without query, fragment, user information, brackets in its path, or `..`',
  ],
  [dpop({ origin: `${ORIGIN}/%zz` }), 'dpop.origin: has a % that encodes nothing'],
  [dpop({ origin: `${ORIGIN}/%4g` }), 'dpop.origin: has a % that encodes nothing'],
  [dpop({ origin: 'https://*.example.com' }), `dpop.origin: ${host}`],
  [dpop({ origin: 'https://api*.example.com' }), `dpop.origin: ${host}`],
  [
    dpop({ algorithms: ['none'] }),
    'dpop.algorithms: must be one or more of ES256, ES384, ES512, Ed25519, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512',
  ],
  [dpop({ proofMaxAge: 0.9 }), 'dpop.proofMaxAge: must be a number of seconds from 1 to 3600'],
  [dpop({ proofMaxAge: 3_601 }), 'dpop.proofMaxAge: must be a number of seconds from 1 to 3600'],
  [dpop({ nonceSecrets: [] }), `dpop.nonceSecrets: ${strings}`],
  [dpop({ nonceSecrets: SECRET.slice(1) }), secrets],
  [dpop({ nonceSecrets: [SECRET, 's'] }), secrets],
  [dpop({ nonceSecrets: Array.from({ length: 5 }, () => SECRET) }), secrets],
  [dpop({ replayStore: {} }), 'dpop.replayStore: must have the function add'],
  [dpop({ replayStore: { add: 1 } }), 'dpop.replayStore: must have the function add'],
  [dpop({ replayStore: 'redis://127.0.0.1' }), 'dpop.replayStore: must have the function add'],
  [dpop({ replayStore: null }), 'dpop.replayStore: must have the function add'],
  [dpop({ replayStore: Date.now }), 'dpop.replayStore: must have the function add'],
  [{ clientCertificates: true }, 'clientCertificates: must be a plain object of options'],
  [{ clientCertificates: { proxies: [] } }, 'proxies: is not an option of clientCertificates'],
  [{ clientCertificates: {} }, 'clientCertificates.from: is required'],
  [
    { clientCertificates: { from: 'header' } },
    'clientCertificates.from: must be socket or client-cert or x-ssl-client-cert or x-forwarded-client-cert',
  ],
  [
    { clientCertificates: { from: 'client-cert' } },
    'clientCertificates.trustedProxies: is required: who may send the field',
  ],
  [
    { clientCertificates: { from: 'client-cert', trustedProxies: '0.0.0.0/0' } },
    'clientCertificates.trustedProxies: must be IP addresses, or ranges of them such as 10.0.0.0/8',
  ],
  [
    { clientCertificates: { from: 'client-cert', trustedProxies: '::1', dangerouslyAllowTls12: true } },
    'clientCertificates.dangerouslyAllowTls12: is of no use with the certificate that a proxy sends',
  ],
  [
    { clientCertificates: { from: 'socket', trustedProxies: '127.0.0.1' } },
    'clientCertificates.trustedProxies: is of no use with the certificate of the socket',
  ],
  [{ resourceMetadata: {} }, resource],
  [metadata({ resource: `${ORIGIN}#a` }), resource],
  [metadata({ resource: `${ORIGIN}/\u00E4` }), resource],
  [metadata({ resource: `${ORIGIN}?a#b` }), resource],
  [metadata({ resource: 'https://user@api.example.com' }), resource],
  [
    metadata({ resource: 'http://api.example.com' }),
    'resourceMetadata.resource: must be https (http only on loopback)',
  ],
  [metadata({ resource: `${ORIGIN}/a/../b` }), written],
  [metadata({ resource: `${ORIGIN}/a"b` }), written],
  [metadata({ scopesSupported: [] }), `resourceMetadata.scopesSupported: ${strings}`],
  [
    metadata({ authorizationDetailsTypesSupported: [] }),
    `resourceMetadata.authorizationDetailsTypesSupported: ${strings}`,
  ],
  [
    metadata({ authorizationServers: [ISSUER] }),
    'resourceMetadata.authorizationServers: belongs to resolveAuthorizationServer alone; else the issuers are known',
  ],
  [metadata({ resourceName: '' }), 'resourceMetadata.resourceName: must be a string that is not empty'],
  [
    metadata({ resourceDocumentation: '/docs' }),
    'resourceMetadata.resourceDocumentation: must be the URL of a page',
  ],
  [
    metadata({ resourceDocumentation: 'https://a b' }),
    'resourceMetadata.resourceDocumentation: must be the URL of a page',
  ],
  [metadata({ atRoot: 1 }), 'resourceMetadata.atRoot: must be true or false'],
]
