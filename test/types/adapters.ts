// What the types of the adapters promise: `auth` without casts. Compiled, never run.
import * as forExpress from '@bearward/express'
import * as forKoa from '@bearward/koa'
import Router from '@koa/router'
import express from 'express'
import Koa from 'koa'

const options = { issuer: 'https://as.example.com', audience: 'https://api.example.com' }

const app = express()
app.use(forExpress.requireToken(options))
app.use(forExpress.requireToken({ ...options, optional: true }))
app.use(forExpress.requireToken(forExpress.createResourceServer(options), { optional: true }))
app.get('/stats/:id', forExpress.requireScope('stats:read'), (req, res) => {
  const client: string | undefined = req.auth.clientId
  const perhaps: forExpress.Auth | undefined = req.auth
  // @ts-expect-error `auth` is not `any`
  const wrong: number = req.auth.issuer
  res.json({ id: req.params.id, client, perhaps, wrong })
})
app.delete('/stats', forExpress.requireFresh({ maxAge: 0 }), (req, res) => {
  const current: forExpress.Auth | undefined = req.auth
  const expiry: number | undefined = req.auth.expiresAt
  res.json({ via: req.auth.via, current, expiry })
})
express
  .Router()
  .use(forExpress.requireAnyScope('a', 'b'))
  .use(forExpress.requireClaims((claims) => claims.sub !== claims.client_id))

app.use(forExpress.protectedResourceMetadata(forExpress.createResourceServer(options)))
app.post('/payments', forExpress.requireStepUp({ acrValues: ['mfa'], maxAge: 300 }), (req, res) => {
  const actor: forExpress.Actor | undefined = req.auth.actor
  const before: string | undefined = actor?.actor?.subject
  res.json({ before })
})
app.use(forExpress.requireAuthorizationDetails({ type: 'account', actions: ['read'], currency: 'EUR' }))
app.use(forExpress.requireAuthorizationDetails(({ type, actions }) => type === actions?.[0]))
// @ts-expect-error entries have a type
forExpress.requireAuthorizationDetails({ actions: ['read'] })
// @ts-expect-error actions are a list
forExpress.requireAuthorizationDetails({ type: 'account', actions: 'read' })
// @ts-expect-error a predicate answers at once
forExpress.requireAuthorizationDetails(() => Promise.resolve(true))
// @ts-expect-error values are a list
forExpress.requireStepUp({ acrValues: 'mfa' })
// @ts-expect-error options of a resource server are none
forExpress.protectedResourceMetadata(options)

const koa = new Koa()
const router = new Router()
koa.use(forKoa.requireToken(options))
koa.use(forKoa.requireToken(forKoa.createResourceServer(options), { optional: true }))
router.get('/stats/:id', forKoa.requireScope('stats:read'), (ctx) => {
  const client: string | undefined = ctx.state.auth.clientId
  // @ts-expect-error `auth` is not `any`
  const wrong: number = ctx.state.auth.issuer
  ctx.body = { id: ctx.params['id'], client, wrong }
})
router.delete('/stats', forKoa.requireFresh({ maxAge: 0 }), (ctx) => {
  const current: forKoa.Auth = ctx.state.auth
  const expiry: number | undefined = ctx.state.auth.expiresAt
  ctx.body = { via: ctx.state.auth.via, current, expiry }
})
router.use(forKoa.requireAnyScope('a', 'b'))
router.use(forKoa.requireClaims((claims) => claims.sub !== claims.client_id))
router.use(forKoa.requireStepUp({ maxAge: 0 }))
router.use(forKoa.requireAuthorizationDetails({ type: 'account' }))
koa.use(forKoa.protectedResourceMetadata(forKoa.createResourceServer(options)))
koa.use(router.routes())

// Whoever writes options in a file of their own finds the types of all of them in the adapter.
const ids = new Set<string>()
const replayStore: forExpress.ReplayStore = { add: (id) => ids.size < ids.add(id).size }
const dpop: forExpress.DpopOptions = { origin: 'https://api.example.com', replayStore }
const clientCertificates: forExpress.ClientCertificateOptions = { from: 'socket' }
const optional: forExpress.RequireTokenOptions = { optional: true }
const recent: forExpress.StepUpOptions = { maxAge: 300 }
const account: forExpress.AuthorizationDetailShape = { type: 'account' }
const isAccount: forExpress.AuthorizationDetailPredicate = ({ type }) => type === 'account'
app.use(forExpress.requireToken({ ...options, dpop, clientCertificates }, optional))
app.use(forExpress.requireStepUp(recent))
app.use(forExpress.requireAuthorizationDetails(account))
app.use(forExpress.requireAuthorizationDetails(isAccount))

const sameStore: forKoa.ReplayStore = replayStore
const sameDpop: forKoa.DpopOptions = { ...dpop, replayStore: sameStore }
const sameCertificates: forKoa.ClientCertificateOptions = clientCertificates
const alsoOptional: forKoa.RequireTokenOptions = optional
const alsoRecent: forKoa.StepUpOptions = recent
const sameAccount: forKoa.AuthorizationDetailShape = account
const isSameAccount: forKoa.AuthorizationDetailPredicate = isAccount
koa.use(
  forKoa.requireToken({ ...options, dpop: sameDpop, clientCertificates: sameCertificates }, alsoOptional),
)
koa.use(forKoa.requireStepUp(alsoRecent))
koa.use(forKoa.requireAuthorizationDetails(sameAccount))
koa.use(forKoa.requireAuthorizationDetails(isSameAccount))
// @ts-expect-error a store answers with true or false
const wrongStore: forExpress.ReplayStore = { add: () => 'OK' }
forKoa.requireToken({ ...options, dpop: { ...sameDpop, replayStore: wrongStore } })

// @ts-expect-error a predicate answers at once
forExpress.requireClaims(() => Promise.resolve(true))
// @ts-expect-error a predicate answers at once
forKoa.requireClaims(() => Promise.resolve(true))
// @ts-expect-error how old an answer may be must be said
forExpress.requireFresh()
// @ts-expect-error how old an answer may be must be said
forKoa.requireFresh({})
