import Koa = require('koa')
import bearward = require('@bearward/koa')

const app = new Koa()

app.use(bearward.requireToken({ issuer: 'https://as.example.com', audience: 'https://api.example.com' }))
app.use(bearward.requireScope('stats:read'))
app.use((ctx) => {
  const scopes: ReadonlySet<string> = ctx.state.auth.scopes
  ctx.body = { client: ctx.state.auth.clientId, scopes: [...scopes] }
})

export = app
