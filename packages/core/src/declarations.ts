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

/** Guards that are made for each request, with a scope of its own, must not fill the memory, nor the metadata. */
const MOST = 1_000
/** In characters: of one, and of all. */
const LONGEST = 256
const LARGEST = 32_768

/** Makes them for one adapter. */
export function createDeclarations(): Declarations {
  const resources = new Set<string>()
  const scopes: Noted = { values: new Set(), size: 0 }
  const types: Noted = { values: new Set(), size: 0 }
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
        const declared = { scopes: [...scopes.values], authorizationDetailsTypes: [...types.values] }
        return resourceServer.answerMetadata(request, declared)
      }
    },
  }
}

/** What was noted, and how many characters that is. */
interface Noted {
  readonly values: Set<string>
  size: number
}

function note(noted: Noted, values: readonly string[] = []): void {
  for (const value of values) {
    const size = noted.size + value.length
    const hasRoom = noted.values.size < MOST && value.length <= LONGEST && size <= LARGEST
    if (!hasRoom || noted.values.has(value)) continue
    noted.values.add(value)
    noted.size = size
  }
}
