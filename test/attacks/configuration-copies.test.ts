import { expect } from '@jest/globals'
import { createResourceServer, PROFILES, type ResourceServerOptions } from '@bearward/core'
import { optionAtFault } from '../support/configuration.js'
import { requestWith, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers({ algorithms: ['ES256', 'RS256'] })
const OTHER = 'https://other.example.com'

/** Options whose every part can be changed. */
function createOptions() {
  return {
    issuer: servers().authorizationServer.issuer,
    audience: [AUDIENCE],
    algorithms: ['ES256'],
    clockTolerance: 5,
    bearerMethods: ['header'],
    profile: { typ: ['at+jwt'], optionalClaims: [] as string[], requiredClaims: { scope: 'x' } as object },
    scopesFrom: ['scope'],
    realm: 'mine',
  }
}

const CHANGES: Readonly<Record<string, (given: ReturnType<typeof createOptions>) => void>> = {
  'a longer list of audiences': (given) => {
    given.audience.push(OTHER)
  },
  'another list of audiences': (given) => {
    given.audience = [OTHER]
  },
  'more algorithms': (given) => {
    given.algorithms.push('RS256')
  },
  'another issuer': (given) => {
    given.issuer = OTHER
  },
  'more types': (given) => {
    given.profile.typ.push('JWT')
  },
  'more optional claims': (given) => {
    given.profile.optionalClaims.push('jti')
  },
  'fewer required claims': (given) => {
    given.profile.requiredClaims = {}
  },
  'a removed required claim': (given) => {
    Reflect.deleteProperty(given.profile.requiredClaims, 'scope')
  },
  'options emptied': (given) => {
    for (const name of Object.keys(given)) Reflect.deleteProperty(given, name)
  },
}

ruleForEach(
  'CFG-04',
  CHANGES,
  'stays as it was made, whatever becomes of the options: %s',
  async (change) => {
    const { mint } = servers().authorizationServer
    const given = createOptions()
    const resourceServer = createResourceServer(given as unknown as ResourceServerOptions)
    const verdicts = async () =>
      Promise.all(
        [
          mint({ scope: 'x' }),
          mint({ scope: 'x', aud: OTHER }),
          mint({ scope: 'x', iss: OTHER }),
          mint({ scope: 'x', jti: undefined }),
          mint({ scope: 'x' }, { algorithm: 'RS256' }),
          mint({ scope: 'x' }, { header: { typ: 'JWT' } }),
          mint({ scope: 'y' }),
        ].map(async (token) => verdictOn(resourceServer, await token)),
      )
    const expected = [
      'accepted',
      'ERR_TOKEN_AUDIENCE',
      'ERR_TOKEN_ISSUER',
      'ERR_TOKEN_CLAIM_MISSING',
      'ERR_TOKEN_ALGORITHM',
      'ERR_TOKEN_TYPE',
      'ERR_TOKEN_CLAIM_INVALID',
    ]
    expect(await verdicts()).toEqual(expected)
    change(given)
    expect(await verdicts()).toEqual(expected)
  },
)

rule('CFG-04', 'writes nothing into the options', () => {
  const given = createOptions()
  const copy = structuredClone(given)
  createResourceServer(Object.freeze(given) as unknown as ResourceServerOptions)
  expect(given).toEqual(copy)
})

rule('CFG-04', 'has ready profiles that nobody can change', () => {
  expect(Object.isFrozen(PROFILES)).toBe(true)
  for (const profile of Object.values(PROFILES)) {
    for (const part of [profile, profile.typ, profile.requiredClaims]) {
      expect(part === undefined || Object.isFrozen(part)).toBe(true)
    }
  }
})

rule('CFG-05', 'takes options from no prototype', () => {
  const options = { issuer: 'https://as.example.com', audience: AUDIENCE }
  const inherited = { dangerouslyAllowHttp: true, algorithms: ['none'], clockTolerance: -1, unknown: 1 }
  expect(optionAtFault(options)).toBeUndefined()
  expect(optionAtFault(Object.setPrototypeOf({ ...options }, null))).toBeUndefined()
  expect(optionAtFault(Object.setPrototypeOf({ ...options }, inherited))).toBe('options')
  expect(optionAtFault(Object.create(options))).toBe('options')
})

rule('CFG-05', 'does not follow a __proto__ that came as JSON: it is an option that does not exist', () => {
  const text = `{"issuer":"https://as.example.com","audience":"${AUDIENCE}"}`
  const options = JSON.parse(text.replace('{', '{"__proto__":{"algorithms":["none"]},')) as object
  expect(optionAtFault(options)).toBe('__proto__')
  expect(optionAtFault(JSON.parse(text))).toBeUndefined()
  const profile = JSON.parse('{"__proto__":{"typ":["JWT"]}}') as object
  expect(optionAtFault({ ...(JSON.parse(text) as object), profile })).toBe('__proto__')
})

rule('CFG-06', 'reads every option once', () => {
  const reads = new Map<PropertyKey, number>()
  const given = createOptions()
  createResourceServer(
    new Proxy(given, {
      get(target, name) {
        reads.set(name, (reads.get(name) ?? 0) + 1)
        return Reflect.get(target, name) as unknown
      },
    }) as unknown as ResourceServerOptions,
  )
  expect(Object.fromEntries(reads)).toEqual(Object.fromEntries(Object.keys(given).map((name) => [name, 1])))
})

rule('CFG-06', 'uses what it has checked where an option changes between two reads', async () => {
  const { authorizationServer } = servers()
  let reads = 0
  const resourceServer = createResourceServer({
    issuer: authorizationServer.issuer,
    get audience() {
      reads += 1
      return reads === 1 ? AUDIENCE : OTHER
    },
  })
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  const other = await authorizationServer.mint({ aud: OTHER })
  expect(await verdictOn(resourceServer, other)).toBe('ERR_TOKEN_AUDIENCE')
})

rule('CFG-06', 'takes nothing for a token that only prints as one', async () => {
  const { authorizationServer, protect } = servers()
  const token = await authorizationServer.mint()
  const odd = { toString: () => token, length: token.length } as unknown as string
  const oddReader = protect({ readAccessToken: () => odd })
  await expect(verdictOn(oddReader, requestWith())).rejects.toThrow(TypeError)
  const listReader = protect({ readAccessToken: () => [token] as unknown as string })
  expect(await verdictOn(listReader, requestWith())).toBe('ERR_CREDENTIALS_REPEATED')
  expect(await verdictOn(protect({ readAccessToken: () => token }), requestWith())).toBe('accepted')
})
