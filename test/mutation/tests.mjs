import { readdir } from 'node:fs/promises'

const UNIT = 'packages/core/test'

/**
 * For each part of the core the tests that are about it, in the order in which they are asked: the first that fails spares
 * the rest. All others would notice little more, and take minutes. The last entry is for every file that no other names.
 */
const AREAS = [
  {
    sources: /^binding\//,
    tests: [
      `${UNIT}/binding/proof.`,
      `${UNIT}/binding/target`,
      `${UNIT}/binding`,
      'rfc9449',
      'rfc8705',
      'rfc9440',
      'rfc7800',
      'sender-constraint',
      'addresses',
    ],
  },
  {
    sources: /^config\//,
    tests: [
      `${UNIT}/config/problems`,
      `${UNIT}/config/values`,
      `${UNIT}/config`,
      'test/configuration',
      'rfc9728/document',
      'rfc8707',
    ],
  },
  {
    sources: /^authorization\//,
    tests: [
      `${UNIT}/authorization`,
      'rfc6749-scope',
      'rfc9396',
      'rfc9470',
      'rfc9068/authorization',
      'scopes-from',
    ],
  },
  {
    sources: /^challenge\//,
    tests: [
      `${UNIT}/challenge`,
      `${UNIT}/answer`,
      'rfc6750/retry',
      'rfc6750/challenge',
      'rfc9449/nonce',
      'rfc9449/scheme',
      'rfc9470',
    ],
  },
  {
    sources: /^http\//,
    tests: [
      `${UNIT}/http/retry`,
      `${UNIT}/http/vigil`,
      `${UNIT}/http`,
      `${UNIT}/config/introspection-credentials`,
      'rfc7662/requests',
      'rfc7662/certificate',
    ],
  },
  {
    sources: /^keys\/verify/,
    tests: [`${UNIT}/keys/verify`, `${UNIT}/keys/jwk`],
  },
  {
    sources: /^(keys|metadata)\//,
    tests: [
      `${UNIT}/keys`,
      `${UNIT}/metadata`,
      'key-searches-s',
      'rfc8414',
      'rfc7517',
      'rfc7515/kid',
      'rfc9728/well-known',
      'rfc9728/document',
    ],
  },
  {
    sources: /^token\//,
    tests: [
      `${UNIT}/token`,
      'test/vectors',
      'introspection-shared',
      'introspection-c6-freshness',
      'rfc9449/introspection',
    ].concat(['rfc8693', 'rfc8707', 'rfc9068', 'rfc7519', 'rfc8725', 'rfc7515', 'rfc7662', 'rfc9701']),
  },
  {
    sources: /^introspection(-credentials)?\.ts/,
    tests: [`${UNIT}/introspection`, `${UNIT}/config/introspection-credentials`, 'introspection-shared']
      .concat(['introspection-c4.', 'introspection-c6', 'verdicts-revocation', 'introspection-tenants'])
      .concat(['rfc7662/requests', 'rfc7662/answers', 'rfc9701/misuse', 'rfc7662', 'rfc9701/members']),
  },
  {
    sources: /^(authorization-servers|tenants|tenant-table)\.ts/,
    tests: [
      `${UNIT}/tenants`,
      `${UNIT}/authorization-servers`,
      `${UNIT}/restored-keys`,
      'resolve-authorization-server-time',
      'introspection-tenants',
      'verdict-cache-servers',
      'own-issuers',
    ].concat(['own-servers', 'several-issuers', 'resolve-authorization-server.', 'snapshots']),
  },
  {
    sources: /^(documents|health|operations|snapshot)\.ts/,
    tests: [
      `${UNIT}/documents`,
      `${UNIT}/authorization-servers`,
      `${UNIT}/health`,
      `${UNIT}/snapshot`,
      `${UNIT}/operations`,
      `${UNIT}/restored-keys`,
      'key-searches-store',
      'configuration/operations',
      'attacks/snapshots',
      'c2-recovery',
    ]
      .concat([
        'c3-key-sets',
        'rfc8414/metadata',
        'rfc7517/key-source',
        'introspection-shared',
        'key-sets-sleep',
      ])
      .concat([
        'verdicts-revocation',
        'own-servers',
        'resolve-authorization-server-time',
        'configuration/refresh',
      ]),
  },
  {
    sources: /^(recall|resource-server|validation)\.ts/,
    tests: [
      `${UNIT}/recall`,
      `${UNIT}/resource-server`,
      `${UNIT}/validation`,
      'verdict-cache-',
      'introspection-c6',
      'attacks/freshness',
      'rfc7662/answers',
      'rfc9449/introspection',
    ]
      .concat([
        'verdicts-scopes',
        'rfc9068',
        'rfc9449/nonce',
        'rfc9449/scheme',
        'rfc8705/socket',
        'rfc9728/challenge',
      ])
      .concat([
        'configuration/operations',
        'read-access-token',
        'rfc6750/query',
        'rfc7519/lifetime',
        'messages',
      ]),
  },
  {
    sources: /^json\.ts/,
    tests: [
      `${UNIT}/json`,
      'introspection-verdicts-size',
      `${UNIT}/token/verdict-cache`,
      'verdict-cache-memory',
    ],
  },
  {
    sources: /./,
    tests: [
      'adapter',
      'answer',
      'at-once',
      'base64url',
      'credentials',
      'errors',
      'metadata-answer',
      'request',
      'time',
    ]
      .map((name) => `${UNIT}/${name}.test`)
      .concat([
        'looks-like-jwt',
        'configuration/environment',
        'own-requests',
        'rfc6749-scope',
        'rfc6750/header-field',
      ])
      .concat(['rfc8693', 'rfc9728', 'rfc6750/query', 'rfc9110/cors', 'own-secrets', 'rfc9110/caching']),
  },
]

/** What takes long, replaces modules, or depends on what other files have done. */
const LEFT_OUT =
  /-properties|rfc7515\/signature|rfc7517\/(fetching|slow)|rfc8725\/algorithms|verdict-cache-differential|rfc8414\/issuer|rfc9728\/(declared|http)/

/** The tests that are about a source file of the core, by their files, in order. */
export function selectTests(source, files) {
  const path = source.replaceAll('\\', '/').replace(/^.*packages\/core\/src\//, '')
  const { tests } = AREAS.find(({ sources }) => sources.test(path))
  return [...new Set(tests.flatMap((part) => files.filter((file) => file.includes(part))))]
}

/** The files of all tests that are about any of these source files, relative to the repository. */
export async function findTests(sources) {
  const found = await Promise.all(
    [UNIT, 'test'].map(async (folder) => {
      const files = await readdir(folder, { recursive: true })
      return files.sort().map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    }),
  )
  const files = found
    .flat()
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules') && !LEFT_OUT.test(file))
  return [...new Set(sources.flatMap((source) => selectTests(source, files)))]
}
