import express from 'express'
import { requireScope, requireToken } from '@bearward/express'

export const app = express()

app.use(requireToken({ issuer: 'https://as.example.com', audience: 'https://api.example.com' }))
app.get('/stats', requireScope('stats:read'), (req, res) => {
  const scopes: ReadonlySet<string> = req.auth.scopes
  res.json({ client: req.auth.clientId, scopes: [...scopes] })
})
