import type { Answer, ResourceServer } from '@bearward/core'

/** A request for protected resource metadata, as the core sees it. */
export const metadataRequest = (target: string, method = 'GET', fields: Record<string, string> = {}) => ({
  method,
  target,
  secure: undefined,
  fieldValues: (name: string): readonly string[] => [fields[name] ?? []].flat(),
})

/** What a resource server answers at its well-known URL, and the document in it. */
export function readMetadata(
  resourceServer: ResourceServer,
  ...declared: Parameters<ResourceServer['answerMetadata']> extends [unknown, ...infer Rest] ? Rest : never
): Answer & { readonly document: Readonly<Record<string, unknown>> } {
  const { pathname, search } = new URL(resourceServer.resourceMetadataUrl ?? '')
  const answer = resourceServer.answerMetadata(metadataRequest(pathname + search), ...declared)
  if (answer === undefined) throw new Error('There is no protected resource metadata')
  return { ...answer, document: JSON.parse(answer.body) as Readonly<Record<string, unknown>> }
}
