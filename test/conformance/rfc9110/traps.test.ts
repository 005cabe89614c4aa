import { beforeEach, describe, expect } from '@jest/globals'
import type { CommonOptions } from '@bearward/core'
import request from 'supertest'
import type { Api } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import { sendRaw } from '../../support/raw.js'
import { NO_CREDENTIALS, readRefusal } from '../../support/refusal.js'
import { ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint({ scope: 'stats:read' })
  })

  /** What no header field can carry, as the media type of a refusal. */
  const ODD_VALUES = {
    'a line break': 'text/plain\r\nX-Injected: yes',
    'a line feed': 'text/plain\n',
    'a zero byte': 'text/plain\0',
    'a character past U+00FF': 'text/plain; charset=日',
  }

  function createGuarded(contentType: string): Api {
    const refusalBody = (error: { status: number }) =>
      error.status === 400 ? { contentType: 'text/plain', content: 'no' } : { contentType, content: 'no' }
    return createApp(({ requireToken, requireScope, handler }) => [
      requireToken(servers().protect({ refusalBody })),
      requireScope('stats:write'),
      handler(),
    ])
  }

  ruleForEach(
    'trap-header-values',
    ODD_VALUES,
    'makes an error of the developer of a media type with %s, where requireToken refuses',
    async (contentType) => {
      const api = createGuarded(contentType)
      const response = await request(api.listener).get('/me')
      expect(response.status).toBe(500)
      expect(response.headers).not.toHaveProperty('x-injected')
      expect(api.errors).toHaveLength(1)
      expect(api.handled()).toBe(0)
      const twin = await request(api.listener).get('/me').set('Authorization', 'Bearer')
      expect([twin.status, twin.text]).toEqual([400, 'no'])
    },
  )

  ruleForEach(
    'trap-header-values',
    ODD_VALUES,
    'makes an error of the developer of a media type with %s, where a guard refuses',
    async (contentType) => {
      const api = createGuarded(contentType)
      const response = await request(api.listener).get('/me').auth(token, { type: 'bearer' })
      expect(response.status).toBe(500)
      expect(response.headers).not.toHaveProperty('x-injected')
      expect(api.errors).toHaveLength(1)
      expect(api.handled()).toBe(0)
    },
  )

  ruleForEach(
    'trap-absolute-form',
    {
      'another host': 'http://other.example.com/me',
      'another host and port': 'http://other.example.com:8443/me?page=1',
      'user information': 'http://user:secret@other.example.com/me',
      'another scheme': 'https://other.example.com/me',
    },
    'judges a request whose target names %s as any other',
    async (target) => {
      const api = createApp(({ requireToken, handler }) => [
        requireToken(servers().resourceServer),
        handler(),
      ])
      const refused = await sendRaw(api.listener, { target })
      expect(readRefusal(refused)).toEqual(NO_CREDENTIALS)
      expect(refused.text).not.toContain('other.example.com')
      expect(api.handled()).toBe(0)
      const fields = [['Authorization', `Bearer ${token}`]] as const
      expect((await sendRaw(api.listener, { target, fields })).status).toBe(200)
    },
  )

  ruleForEach(
    'trap-absolute-form',
    {
      'in absolute form': 'http://other.example.com/sub/me?a=1',
      'in origin form': '/sub/me?a=1',
      'with two slashes': '//other.example.com/sub/me',
    },
    'hands a target %s to readAccessToken as it was received, not as a router left it',
    async (target) => {
      const seen: string[] = []
      const options: CommonOptions = {
        readAccessToken(received) {
          seen.push(received.target)
          return undefined
        },
      }
      const api = createApp(({ requireToken, mount, handler }) => [
        mount('/sub', requireToken(servers().protect(options))),
        requireToken(servers().protect(options)),
        handler(),
      ])
      expect(readRefusal(await sendRaw(api.listener, { target }))).toEqual(NO_CREDENTIALS)
      expect(seen).toEqual([target])
      expect(api.handled()).toBe(0)
    },
  )
})
