import express = require('express')
import bearward = require('@bearward/express')

const app = express()

app.use(bearward.requireToken({ issuer: 'https://as.example.com', audience: 'https://api.example.com' }))
app.get('/stats', bearward.requireScope('stats:read'), (req, res) => {
  const scopes: ReadonlySet<string> = req.auth.scopes
  res.json({ client: req.auth.clientId, scopes: [...scopes] })
})

export = app
