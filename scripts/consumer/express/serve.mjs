import { requireScope, requireToken } from '@bearward/express'
import express from 'express'
import { expectProtected } from './expect-protected.mjs'

await expectProtected((issuer) => {
  const app = express()
  app.use(requireToken({ issuer, audience: 'https://api.example.com' }))
  app.get('/stats', requireScope('stats:read'), (req, res) => res.json({ client: req.auth.clientId }))
  return app
})
