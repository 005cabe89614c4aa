import Koa from 'koa'
import { requireScope, requireToken } from '@bearward/koa'

export const app = new Koa()

app.use(requireToken({ issuer: 'https://as.example.com', audience: 'https://api.example.com' }))
app.use(requireScope('stats:read'))
app.use((ctx) => {
  const scopes: ReadonlySet<string> = ctx.state.auth.scopes
  ctx.body = { client: ctx.state.auth.clientId, scopes: [...scopes] }
})
