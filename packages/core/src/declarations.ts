import type { Answer } from './answer.js'
import type { Requirement } from './authorization/requirement.js'
import { ConfigurationError } from './errors.js'
import type { ProtectedResourceRequest } from './request.js'
import type { ResourceServer } from './resource-server.js'

/** What the guards of an application ask for, for adapters. */
export interface Declarations {
  /** Notes what a guard asks for. Returns it. */
  add(requirement: Requirement): Requirement
  /**
   * Answers requests for the protected resource metadata, in which stands what guards ask for. Guards do not know their
   * resource server: where the metadata of two resources is served, they stand in neither.
   *
   * @throws {@link ConfigurationError} where the resource server has no `resourceMetadata`
   */
  metadataOf(resourceServer: ResourceServer): (request: ProtectedResourceRequest) => Answer | undefined
}

/** Guards that are made for each request, with a scope of its own, must not fill the memory. */
const MOST = 1_000

/** Makes them for one adapter. */
export function createDeclarations(): Declarations {
  const resources = new Set<string>()
  const scopes = new Set<string>()
  const types = new Set<string>()
  return {
    add(requirement) {
      note(scopes, requirement.scopes)
      note(types, requirement.authorizationDetailsTypes)
      return requirement
    },
    metadataOf(resourceServer) {
      const url = resourceServer.resourceMetadataUrl
      if (url === undefined)
        throw new ConfigurationError('resourceMetadata', 'is required to serve protected resource metadata')
      resources.add(url)
      return (request) => {
        if (resources.size > 1) return resourceServer.answerMetadata(request)
        const declared = { scopes: [...scopes], authorizationDetailsTypes: [...types] }
        return resourceServer.answerMetadata(request, declared)
      }
    },
  }
}

function note(noted: Set<string>, values: readonly string[] = []): void {
  for (const value of values) if (noted.size < MOST) noted.add(value)
}
