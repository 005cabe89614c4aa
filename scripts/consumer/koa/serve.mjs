import { requireScope, requireToken } from '@bearward/koa'
import Koa from 'koa'
import { expectProtected } from './expect-protected.mjs'

await expectProtected((issuer) => {
  const app = new Koa()
  app.use(requireToken({ issuer, audience: 'https://api.example.com' }))
  app.use(requireScope('stats:read'))
  app.use((ctx) => (ctx.body = { client: ctx.state.auth.clientId }))
  return app.callback()
})
