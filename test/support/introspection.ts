import type { CommonOptions, IntrospectionOptions, IssuerOptions } from '@bearward/core'
import type { InterceptedRequest, InterceptedResponse, StartOptions } from '@bearward/testing'
import { useServers, type Servers } from './servers.js'
import { createVirtualServers, type VirtualServers } from './virtual-servers.js'

/** The credentials of the client that every authorization server of the tests knows. */
export const INTROSPECTION = { clientId: 'client', clientSecret: 'secret' } as const

/** Options of introspection, without credentials or with others. */
type Settings = Partial<IntrospectionOptions>
type Options = CommonOptions & Partial<IssuerOptions>

/** Who takes part in a test of introspection over HTTP. */
export interface IntrospectingServers extends Servers {
  /** Makes another resource server, one that introspects. */
  introspect(settings?: Settings, options?: Options): Servers['resourceServer']
  /** Answers what is asked at the introspection endpoint so from now on; `undefined` as the server does. */
  answer(answer: InterceptedResponse | ((request: InterceptedRequest) => InterceptedResponse)): void
  /** What was asked there since `answer` was called. */
  readonly questions: readonly InterceptedRequest[]
}

/** The servers of {@link useServers}, of which the resource server introspects. */
export function useIntrospectingServers(start?: StartOptions): () => IntrospectingServers {
  const servers = useServers(start)
  const questions: InterceptedRequest[] = []
  return () => {
    const { authorizationServer, protect } = servers()
    const introspect: IntrospectingServers['introspect'] = (settings = INTROSPECTION, options = {}) =>
      protect({ introspection: { ...INTROSPECTION, ...settings } as IntrospectionOptions, ...options })
    return {
      authorizationServer,
      protect,
      introspect,
      resourceServer: introspect(),
      questions,
      answer(answer) {
        questions.length = 0
        authorizationServer.intercept((request) => {
          if (request.endpoint !== 'introspection') return undefined
          questions.push(request)
          return typeof answer === 'function' ? answer(request) : answer
        })
      },
    }
  }
}

/** What the endpoint answers with. */
export const toJson = (content: unknown, status = 200) => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: typeof content === 'string' ? content : JSON.stringify(content),
})

/** A resource server that introspects, in virtual time. */
export interface VirtualIntrospection extends VirtualServers {
  /** Makes a token that is active, with these members of the answer. */
  readonly mint: VirtualServers['authorizationServer']['mintOpaque']
  /** How often the endpoint was asked. */
  asked(): number
}

/** Makes them anew, for one test. */
export async function createIntrospectingServers(
  settings: Settings = {},
  options: Options = {},
): Promise<VirtualIntrospection> {
  const introspection = { ...INTROSPECTION, ...settings } as IntrospectionOptions
  const servers = await createVirtualServers({ introspection, ...options })
  const { authorizationServer } = servers
  return {
    ...servers,
    mint: authorizationServer.mintOpaque,
    asked: () => authorizationServer.requests.introspection,
  }
}
