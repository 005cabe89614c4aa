import type { Fetch, FetchResponse } from '@bearward/core'
import { readText } from './ask.js'

/** What a form was answered with. */
export interface Answered {
  readonly status: number
  readonly headers: FetchResponse['headers']
  readonly text: string
}

/** Sends a form, as the default client of a server unless `headers` say otherwise. */
export async function postForm(
  url: string,
  form: string | Record<string, string>,
  headers: Record<string, string> = basic('client', 'secret'),
  send: Fetch = fetch,
): Promise<Answered> {
  const response = await send(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
    redirect: 'manual',
    signal: new AbortController().signal,
  })
  return { status: response.status, headers: response.headers, text: await readText(response) }
}

/** RFC 6749, section 2.3.1: both halves form-encoded. */
export function basic(clientId: string, clientSecret: string): { Authorization: string } {
  const encode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)
  return { Authorization: `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}` }
}

/** A server in this process, and the way to it where that is not the network. */
interface Server {
  readonly introspectionEndpoint: string
  readonly fetch?: Fetch
}

/** What the introspection endpoint says of a token. */
export async function introspect(server: Server, token: string): Promise<Record<string, unknown>> {
  const { status, text } = await postForm(server.introspectionEndpoint, { token }, undefined, server.fetch)
  if (status !== 200) throw new Error(`The introspection endpoint answered ${status}`)
  return JSON.parse(text) as Record<string, unknown>
}
