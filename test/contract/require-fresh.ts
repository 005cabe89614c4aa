import type { FreshnessOptions } from '@bearward/core'
import * as forExpress from '@bearward/express'
import * as forKoa from '@bearward/koa'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { AppFactory, Kit, Layer } from '../support/kit.js'

/** What apps are built of, and the guard that asks again. */
export interface FreshKit extends Kit {
  requireFresh(options: FreshnessOptions): Layer
}

type FreshAppFactory = (build: (kit: FreshKit) => readonly Layer[]) => Api

/** Every adapter on every major of its framework, with its guard that asks again. */
export const FRESH_FRAMEWORKS: readonly (readonly [name: string, createApp: FreshAppFactory])[] =
  FRAMEWORKS.map(([name, createApp]) => [
    name,
    toFresh(createApp, name.startsWith('Koa') ? forKoa : forExpress),
  ])

function toFresh(createApp: AppFactory, { requireFresh }: Pick<FreshKit, 'requireFresh'>): FreshAppFactory {
  return (build) => createApp((kit) => build({ ...kit, requireFresh }))
}

/** Sends a GET request, with a token or without. */
export function get(api: Api, path: string, token?: string): request.Test {
  const sent = request(api.listener).get(path)
  return token === undefined ? sent : sent.auth(token, { type: 'bearer' })
}
