import { resolveAddress } from '../../../packages/core/src/http/address.js'
import {
  parseMetadata,
  type MetadataAddress,
} from '../../../packages/core/src/metadata/authorization-server.js'
import { referenceMetadata } from '../reference/metadata.js'
import { pick } from '../support/chance.js'
import type { JsonMembers, Words } from '../support/json.js'
import { Finding, verdictOf, type Target } from '../support/target.js'
import { objectOf } from './spelling.js'

const NEEDS: readonly (readonly MetadataAddress[])[] = [
  ['jwks_uri'],
  ['jwks_uri'],
  ['introspection_endpoint'],
  ['jwks_uri', 'introspection_endpoint'],
  [],
]

const REACHES = [
  { issuer: 'https://as.example.com', internalOrigin: undefined },
  { issuer: 'https://as.example.com/t1', internalOrigin: 'http://localhost:8080' },
  { issuer: 'https://as.example.com/', internalOrigin: 'http://as.internal' },
  { issuer: 'http://localhost:9000', internalOrigin: undefined },
]

const GOOD_METADATA: readonly JsonMembers[] = REACHES.map(({ issuer }) => ({
  issuer,
  jwks_uri: `${issuer}/jwks`,
  introspection_endpoint: `${issuer}/introspect`,
  token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
  introspection_endpoint_auth_methods_supported: ['client_secret_basic'],
}))

const METADATA_WORDS: Words = {
  names: [...Object.keys(GOOD_METADATA[0] ?? {}), 'authorization_endpoint', 'signed_metadata'],
  values: [
    ...[
      'https://as.example.com',
      'https://AS.example.com',
      'https://as.example.com:443',
      'https://as.example.com/t2',
    ],
    ...[
      'http://localhost/jwks',
      'http://127.0.0.1:80/',
      'http://[::1]/',
      'http://127.1/',
      'http://0x7f.1/jwks',
    ],
    ...['http://localhost.example.net/', 'http://127.0.0.1.example.net/', 'http://169.254.169.254/latest'],
    ...[
      'https://user:secret@as.example.com/',
      'https://@as.example.com/',
      'https://as.example.com/#',
      'file:///etc/passwd',
    ],
    ...[
      'blob:https://as.example.com/x',
      'javascript:alert(1)',
      '//as.example.com/jwks',
      'https:as.example.com',
      '/jwks',
    ],
    ...[
      ' https://as.example.com/jwks',
      'https://as.example.com//host/',
      'https:\\\\as.example.com\\x',
      'HTTPS://as.example.com',
    ],
    ...[['client_secret_basic', 7], ['none']],
  ],
  texts: ['https://', 'http://', '@', '#', '?', '/../', '\\', ':443', '%00', 'as.example.com', '.'],
}

/** Authorization server metadata: whose they are, and where they send us. */
export const metadata: Target = {
  name: 'metadata',
  weight: 10,
  leastAccepted: 0.2,
  prepare(chance) {
    const reach = pick(chance, REACHES)
    const needed = pick(chance, NEEDS)
    const document = objectOf(chance, [GOOD_METADATA[REACHES.indexOf(reach)] ?? {}], METADATA_WORDS)
    const addresses = {
      issuerOrigin: new URL(reach.issuer).origin,
      internalOrigin: reach.internalOrigin,
      dangerouslyAllowHttp: false,
    }
    const mayAsk = (url: string) => {
      const address = resolveAddress(url, addresses)
      if (address !== undefined && isElsewhere(address, url, reach))
        throw new Finding(`would ask ${address.href}`)
      return address !== undefined
    }
    return {
      input: { ...reach, needed, document },
      judge: () =>
        verdictOf(['ERR_METADATA_INVALID'], () => parseMetadata(document, reach.issuer, mayAsk, needed)),
      expect() {
        const said = referenceMetadata(document, { ...reach, needed })
        return typeof said === 'string' ? { refused: said } : { accepted: said }
      },
    }
  },
}

/** Whether a request would go to another place than the one that was named, or that stands in for it. */
function isElsewhere(
  address: URL,
  url: string,
  { issuer, internalOrigin }: (typeof REACHES)[number],
): boolean {
  const named = new URL(url)
  const isReplaced = internalOrigin !== undefined && named.origin === new URL(issuer).origin
  const origin = isReplaced ? internalOrigin : named.origin
  return address.origin !== origin || address.pathname + address.search !== named.pathname + named.search
}
